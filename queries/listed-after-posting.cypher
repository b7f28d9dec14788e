// title: Listed only after they posted
// question: Which employers carry a claim today that did not yet hold when they last posted?
// parameter: as_of date = today -- day on which the claim must hold
// example: graphcli query listed-after-posting
MATCH (employer:Employer {scope: $scope})-[hires:HIRES_IN]->(:City)
WITH employer, max(coalesce(hires.last_seen, '')) AS last_seen
WHERE last_seen <> ''
MATCH (employer)-[claim:AFFILIATED_WITH]->(affiliation:Affiliation)
WHERE coalesce(claim.valid_from, '') > last_seen AND claim.valid_from <= $as_of
  AND (coalesce(claim.valid_to, '') = '' OR claim.valid_to >= $as_of)
RETURN employer.id AS id, employer.name AS employer, last_seen AS last_seen, claim.valid_from AS valid_from,
       claim.kind AS kind, affiliation.name AS affiliation, claim.basis AS basis, claim.claim_id AS claim_id,
       'claim:' + claim.claim_id AS ref
ORDER BY valid_from, id, claim_id
