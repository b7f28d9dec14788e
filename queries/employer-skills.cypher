// title: Skills of an employer
// question: Which skills do an employer's postings ask for?
// parameter: employer employer -- employer, by name or id
// example: graphcli query employer-skills -p employer=海康威视
MATCH (employer:Employer {scope: $scope, id: $employer})-[wants:REQUIRES]->(skill:Skill)
OPTIONAL MATCH (skill)-[:IN_GROUP]->(category:SkillGroup)
RETURN skill.id AS id, skill.name AS skill, skill.name_en AS name_en, category.name AS skill_group,
       wants.postings AS postings, round(wants.share, 6) AS share,
       'edge:REQUIRES:' + employer.id + ':' + skill.id AS ref
ORDER BY postings DESC, id
