// title: Claims that began between two days
// question: Which claims became valid after one day and up to another?
// parameter: after date = 2020-01-01 -- the day before the window
// parameter: until date = today -- last day of the window
// example: graphcli query new-claims -p after=2020-12-31 -p until=2021-12-31
MATCH (employer:Employer {scope: $scope})-[claim:AFFILIATED_WITH]->(affiliation:Affiliation)
WHERE coalesce(claim.valid_from, '') > $after AND claim.valid_from <= $until
RETURN claim.valid_from AS valid_from, employer.id AS id, employer.name AS employer, claim.kind AS kind,
       affiliation.name AS affiliation, claim.basis AS basis, claim.source AS source,
       claim.listed_from AS listed_from, claim.claim_id AS claim_id,
       'claim:' + claim.claim_id AS ref
ORDER BY valid_from, id, claim_id
