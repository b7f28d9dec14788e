// title: Employers of a city
// question: Who hires in a city, and how much of it is AI?
// parameter: city city -- city, by name or adcode
// parameter: limit integer = 50 -- at most so many employers
// example: graphcli query city-employers -p city=上海
MATCH (employer:Employer)-[hires:HIRES_IN]->(city:City {scope: $scope, adcode: $city})
WHERE employer.scope = $scope
RETURN employer.id AS id, employer.name AS employer, hires.postings AS postings,
       hires.ai_postings AS ai_postings, hires.first_seen AS first_seen, hires.last_seen AS last_seen,
       'edge:HIRES_IN:' + employer.id + ':' + city.adcode AS ref
ORDER BY ai_postings DESC, postings DESC, id
LIMIT $limit
