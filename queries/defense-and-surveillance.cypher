// title: Employers claimed to be both
// question: Which employers carry defense and surveillance claims on the same day?
// parameter: as_of date = today -- day on which both claims must hold
// example: graphcli query defense-and-surveillance
MATCH (employer:Employer {scope: $scope})-[one:AFFILIATED_WITH {kind: 'defense'}]->(defense:Affiliation)
WHERE coalesce(one.valid_from, '') <= $as_of AND (coalesce(one.valid_to, '') = '' OR one.valid_to >= $as_of)
MATCH (employer)-[other:AFFILIATED_WITH {kind: 'surveillance'}]->(surveillance:Affiliation)
WHERE coalesce(other.valid_from, '') <= $as_of
  AND (coalesce(other.valid_to, '') = '' OR other.valid_to >= $as_of)
RETURN employer.id AS id, employer.name AS employer, defense.name AS defense, one.basis AS defense_basis,
       surveillance.name AS surveillance, other.basis AS surveillance_basis,
       employer.ai_postings AS ai_postings, one.claim_id AS defense_claim, other.claim_id AS surveillance_claim,
       'employer:' + employer.id AS ref
ORDER BY ai_postings DESC, id, defense_claim, surveillance_claim
