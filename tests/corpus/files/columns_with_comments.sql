CREATE TABLE `t_job` (
  `id` int NOT NULL COMMENT '主键',
  `c1` varchar(255) DEFAULT NULL COMMENT '职位名称',
  `c2` varchar(255) DEFAULT NULL COMMENT '公司名称（全称）',
  `city` varchar(64) DEFAULT NULL COMMENT '城市',
  `c5` int DEFAULT NULL COMMENT '招聘人数, 单位: 人',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB COMMENT='职位表';
INSERT INTO `t_job` VALUES (0,'算法工程师','虚构青鸾智能科技有限公司','北京',1),(1,'Java开发工程师','云杉示例软件（苏州）有限公司','苏州',2),(2,'销售代表','杜撰白泽商贸有限公司','上海',3),(3,'数据分析师','望舒样本数据股份有限公司','杭州',4),(4,'机械设计工程师','虚构赤霄精密机械有限公司','东莞',5),(5,'嵌入式软件工程师','云杉示例电子科技集团有限公司','深圳',6),(6,'行政专员','样例流萤企业管理咨询有限公司','成都',7),(7,'护士','虚构沧浪康复医院','武汉',8);
INSERT INTO `t_job` (`c1`,`c2`,`city`,`c5`) VALUES ('会计','虚构沧浪康复医院','武汉',3);
