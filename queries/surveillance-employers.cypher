// title: Employers with surveillance claims
// question: Which employers were claimed to be part of the surveillance industry on a day, by whom, and on what basis?
// parameter: as_of date = today -- day on which the claim must hold
// example: graphcli query surveillance-employers -p as_of=2021-06-30
MATCH (employer:Employer {scope: $scope})-[claim:AFFILIATED_WITH {kind: 'surveillance'}]->(affiliation:Affiliation)
WHERE coalesce(claim.valid_from, '') <= $as_of
  AND (coalesce(claim.valid_to, '') = '' OR claim.valid_to >= $as_of)
RETURN employer.id AS id, employer.name AS employer, affiliation.name AS affiliation, claim.basis AS basis,
       claim.source AS source, claim.listed_from AS listed_from, claim.listed_to AS listed_to,
       employer.postings AS postings, employer.ai_postings AS ai_postings, claim.claim_id AS claim_id,
       'claim:' + claim.claim_id AS ref
ORDER BY ai_postings DESC, id, claim_id
