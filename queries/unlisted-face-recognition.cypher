// title: Surveillance skills outside the lists
// question: Which employers without a surveillance claim ask for face recognition or related tasks?
// parameter: group skillgroup = surveillance_tasks -- skill group that stands for the tasks
// parameter: as_of date = today -- day on which no claim may hold
// parameter: limit integer = 50 -- at most so many employers
// example: graphcli query unlisted-face-recognition
MATCH (employer:Employer)-[wants:REQUIRES]->(skill:Skill)-[:IN_GROUP]->(:SkillGroup {scope: $scope, id: $group})
WHERE employer.scope = $scope
WITH employer, count(skill) AS skills, max(wants.postings) AS postings
OPTIONAL MATCH (employer)-[claim:AFFILIATED_WITH {kind: 'surveillance'}]->(:Affiliation)
WHERE coalesce(claim.valid_from, '') <= $as_of
  AND (coalesce(claim.valid_to, '') = '' OR claim.valid_to >= $as_of)
WITH employer, skills, postings, count(claim) AS claims
WHERE claims = 0
RETURN employer.id AS id, employer.name AS employer, skills AS skills, postings AS postings_at_least,
       employer.ai_postings AS ai_postings,
       'employer:' + employer.id AS ref
ORDER BY skills DESC, postings_at_least DESC, id
LIMIT $limit
