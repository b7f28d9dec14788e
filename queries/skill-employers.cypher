// title: Employers that ask for a skill
// question: Which employers' postings ask for a skill?
// parameter: skill skill -- skill, by name or id
// parameter: limit integer = 50 -- at most so many employers
// example: graphcli query skill-employers -p skill=face_recognition
MATCH (employer:Employer)-[wants:REQUIRES]->(skill:Skill {scope: $scope, id: $skill})
WHERE employer.scope = $scope
RETURN employer.id AS id, employer.name AS employer, wants.postings AS postings,
       round(wants.share, 6) AS share, employer.ai_postings AS ai_postings,
       'edge:REQUIRES:' + employer.id + ':' + skill.id AS ref
ORDER BY postings DESC, id
LIMIT $limit
