// title: Employers by region and sector
// question: How many employers of each industry hire in each region of a scheme?
// parameter: scheme text = cset3 -- region scheme (see graphcli schemes)
// example: graphcli query region-sectors -p scheme=cset3
MATCH (region:Region {scope: $scope, scheme: $scheme})<-[:PART_OF]-(city:City)<-[hires:HIRES_IN]-(employer:Employer)
MATCH (employer)-[:IN_SECTOR]->(sector:Sector)
RETURN region.id AS region, sector.id AS sector, sector.name AS name, sector.name_en AS name_en,
       count(DISTINCT employer.id) AS employers, sum(hires.ai_postings) AS ai_postings,
       'region:' + region.id AS ref
ORDER BY region, employers DESC, sector
