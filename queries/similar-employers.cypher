// title: Employers with the same skills
// question: Which employers share most skills with one employer?
// parameter: employer employer -- employer, by name or id
// parameter: limit integer = 20 -- at most so many employers
// example: graphcli query similar-employers -p employer=海康威视
// Likeness is Jaccard's: shared skills over the skills of either.
MATCH (one:Employer {scope: $scope, id: $employer})-[:REQUIRES]->(mine:Skill)
WITH one, count(mine) AS own_skills
MATCH (one)-[:REQUIRES]->(skill:Skill)<-[:REQUIRES]-(other:Employer)
WHERE other.id <> one.id AND other.scope = $scope
WITH own_skills, other, count(skill) AS shared
MATCH (other)-[:REQUIRES]->(theirs:Skill)
WITH own_skills, other, shared, count(theirs) AS their_skills
RETURN other.id AS id, other.name AS employer, shared AS shared_skills, their_skills AS skills,
       round(toFloat(shared) / (own_skills + their_skills - shared), 6) AS likeness,
       'employer:' + other.id AS ref
ORDER BY likeness DESC, shared_skills DESC, id
LIMIT $limit
