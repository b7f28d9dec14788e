// title: Cities by AI specialisation
// question: Which cities ask for AI more often than the country does?
// parameter: min_postings integer = 20 -- leave out cities with fewer postings
// parameter: limit integer = 50 -- at most so many cities
// example: graphcli query city-specialisation -p min_postings=100
MATCH (every:City {scope: $scope})
WITH sum(every.ai_postings) AS all_ai, sum(every.postings) AS all_postings
MATCH (city:City {scope: $scope}) WHERE city.postings >= $min_postings AND city.postings > 0 AND all_ai > 0
RETURN city.adcode AS adcode, city.name AS name, city.postings AS postings, city.ai_postings AS ai_postings,
       round(toFloat(city.ai_postings) / city.postings, 6) AS intensity,
       round((toFloat(city.ai_postings) / city.postings) / (toFloat(all_ai) / all_postings), 4) AS specialisation,
       'city:' + city.adcode AS ref
ORDER BY specialisation DESC, adcode
LIMIT $limit
