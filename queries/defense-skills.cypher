// title: Skills that defense employers ask for more than others
// question: Which skills stand out at employers claimed to be part of the defense industry?
// parameter: as_of date = today -- day on which the claim must hold
// parameter: min_postings integer = 5 -- leave out skills with fewer postings at those employers
// example: graphcli query defense-skills -p min_postings=10
// Lift is the share of the group's postings that ask for the skill over the share of all postings.
MATCH (anyone:Employer {scope: $scope})
WITH sum(anyone.postings) AS all_postings
MATCH (member:Employer {scope: $scope})-[claim:AFFILIATED_WITH {kind: 'defense'}]->(:Affiliation)
WHERE coalesce(claim.valid_from, '') <= $as_of
  AND (coalesce(claim.valid_to, '') = '' OR claim.valid_to >= $as_of)
WITH DISTINCT all_postings, member
WITH all_postings, collect(member.id) AS members, sum(member.postings) AS group_postings
MATCH (employer:Employer {scope: $scope})-[wants:REQUIRES]->(skill:Skill)
WITH all_postings, group_postings, skill, sum(wants.postings) AS everywhere,
     sum(CASE WHEN employer.id IN members THEN wants.postings ELSE 0 END) AS here
WHERE here > 0 AND here >= $min_postings
RETURN skill.id AS id, skill.name AS skill, here AS group_postings, everywhere AS postings,
       round(toFloat(here) / group_postings, 6) AS group_share,
       round(toFloat(everywhere) / all_postings, 6) AS share,
       round((toFloat(here) / group_postings) / (toFloat(everywhere) / all_postings), 4) AS lift,
       'skill:' + skill.id AS ref
ORDER BY lift DESC, id
