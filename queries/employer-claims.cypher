// title: Claims about an employer
// question: What is claimed about an employer, by whom, since when and until when?
// parameter: employer employer -- employer, by name or id
// example: graphcli query employer-claims -p employer=海康威视
MATCH (employer:Employer {scope: $scope, id: $employer})-[claim:AFFILIATED_WITH]->(affiliation:Affiliation)
RETURN claim.kind AS kind, affiliation.name AS affiliation, claim.basis AS basis, claim.source AS source,
       claim.listed_from AS listed_from, claim.listed_to AS listed_to, claim.matched_name AS matched_name,
       claim.method AS method, claim.score AS score, claim.url AS url, claim.claim_id AS claim_id,
       'claim:' + claim.claim_id AS ref
ORDER BY kind, affiliation, claim_id
