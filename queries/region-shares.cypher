// title: AI postings by region
// question: What share of the located AI postings lies in each region of a scheme?
// parameter: scheme text = cset3 -- region scheme (see graphcli schemes)
// parameter: partial boolean = true -- count cities of which only a part belongs to the region
// example: graphcli query region-shares -p scheme=clusters5
// A posting in k cities weighs 1/k in each; AI postings of a city take the city's mean weight.
MATCH (every:City {scope: $scope})
WITH sum(CASE WHEN every.postings > 0 THEN every.weight * every.ai_postings / every.postings ELSE 0.0 END) AS total
MATCH (region:Region {scope: $scope, scheme: $scheme})
OPTIONAL MATCH (city:City)-[part:PART_OF {scheme: $scheme}]->(region) WHERE $partial OR NOT part.partial
WITH region, total,
     coalesce(sum(CASE WHEN city.postings > 0 THEN city.weight * city.ai_postings / city.postings ELSE 0.0 END), 0.0) AS weight,
     count(city) AS cities
RETURN region.id AS region, region.name AS name, region.name_en AS name_en, cities AS cities,
       round(weight, 4) AS ai_weight,
       CASE WHEN total > 0 THEN round(weight / total, 6) ELSE null END AS share,
       'region:' + region.id AS ref
ORDER BY share DESC, region
