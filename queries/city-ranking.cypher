// title: Cities by AI postings
// question: Which cities have the most AI postings, and how specialised in AI are they?
// parameter: limit integer = 50 -- at most so many cities
// example: graphcli query city-ranking -p limit=20
// Specialisation is the location quotient: the city's AI share of its postings over that of all cities.
MATCH (every:City {scope: $scope})
WITH sum(every.ai_postings) AS all_ai, sum(every.postings) AS all_postings
MATCH (city:City {scope: $scope}) WHERE city.postings > 0 AND all_ai > 0
RETURN city.adcode AS adcode, city.name AS name, city.name_en AS name_en, city.postings AS postings,
       city.ai_postings AS ai_postings, round(toFloat(city.ai_postings) / all_ai, 6) AS share,
       round((toFloat(city.ai_postings) / city.postings) / (toFloat(all_ai) / all_postings), 4) AS specialisation,
       'city:' + city.adcode AS ref
ORDER BY ai_postings DESC, adcode
LIMIT $limit
