// title: AI postings of surveillance employers by city
// question: Where do the AI postings of employers claimed to be part of the surveillance industry cluster, against all AI postings?
// parameter: as_of date = today -- day on which the claim must hold
// example: graphcli query surveillance-cities
// The quotient is the city's share of the group's AI postings over its share of all AI postings.
MATCH (anyone:Employer {scope: $scope})-[all_hires:HIRES_IN]->(anywhere:City)
WITH sum(all_hires.ai_postings) AS all_ai
MATCH (member:Employer {scope: $scope})-[claim:AFFILIATED_WITH {kind: 'surveillance'}]->(:Affiliation)
WHERE coalesce(claim.valid_from, '') <= $as_of
  AND (coalesce(claim.valid_to, '') = '' OR claim.valid_to >= $as_of)
WITH all_ai, collect(DISTINCT member.id) AS members
MATCH (employer:Employer {scope: $scope})-[hires:HIRES_IN]->(city:City)
WITH all_ai, city, sum(hires.ai_postings) AS city_ai,
     sum(CASE WHEN employer.id IN members THEN hires.ai_postings ELSE 0 END) AS group_ai,
     sum(CASE WHEN employer.id IN members AND hires.ai_postings > 0 THEN 1 ELSE 0 END) AS employers
WITH all_ai, collect({adcode: city.adcode, name: city.name, ai: city_ai, group_ai: group_ai, employers: employers}) AS cities
WITH all_ai, cities, reduce(total = 0, item IN cities | total + item.group_ai) AS all_group
UNWIND cities AS item
WITH item.adcode AS adcode, item.name AS name, item.employers AS employers, item.group_ai AS group_ai,
     item.ai AS city_ai, all_ai, all_group
WHERE group_ai > 0
RETURN adcode AS adcode, name AS name, employers AS employers, group_ai AS ai_postings,
       round(toFloat(group_ai) / all_group, 6) AS share,
       round((toFloat(group_ai) / all_group) / (toFloat(city_ai) / all_ai), 4) AS quotient,
       'city:' + adcode AS ref
ORDER BY ai_postings DESC, adcode
