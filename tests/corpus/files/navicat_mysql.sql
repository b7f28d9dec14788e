/*
 Navicat Premium Data Transfer

 Source Server         : localhost
 Source Server Type    : MySQL
 Date: 20/03/2025 10:11:12
*/

SET NAMES utf8mb4;
SET FOREIGN_KEY_CHECKS = 0;

-- ----------------------------
-- Table structure for job_info
-- ----------------------------
DROP TABLE IF EXISTS `job_info`;
CREATE TABLE `job_info`  (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `job_title` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `company` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `city` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `salary` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `education` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `experience` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `publish_time` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `job_url` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL DEFAULT NULL COMMENT '示例，(注)',
  `description` text NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB AUTO_INCREMENT = 11 CHARACTER SET = utf8mb4;

-- ----------------------------
-- Records of job_info
-- ----------------------------
BEGIN;
INSERT INTO `job_info` VALUES (1, '算法工程师', '虚构青鸾智能科技有限公司', '北京', '2.5-4万', '硕士', '3-5年', '2025-03-04 00:00:00', 'https://jobs.example/1000.html', '岗位职责：负责算法工程师相关工作，熟悉Python、PyTorch、机器学习。\r\n任职要求：硕士及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (2, 'Java开发工程师', '云杉示例软件（苏州）有限公司', '苏州', '1.5-2.5万', '本科', '3-5年', '2025-03-05 00:00:00', 'https://jobs.example/1001.html', '岗位职责：负责Java开发工程师相关工作，熟悉Java、Spring Boot、MySQL。\r\n任职要求：本科及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (3, '销售代表', '杜撰白泽商贸有限公司', '上海', '0.6-1万', '大专', '不限', '2025-03-05 00:00:00', 'https://jobs.example/1002.html', '岗位职责：负责销售代表相关工作，熟悉客户开发、电话销售。\r\n任职要求：大专及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (4, '数据分析师', '望舒样本数据股份有限公司', '杭州', '1.2-2万', '本科', '1-3年', '2025-03-06 00:00:00', 'https://jobs.example/1003.html', '岗位职责：负责数据分析师相关工作，熟悉SQL、Excel、Tableau。\r\n任职要求：本科及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (5, '机械设计工程师', '虚构赤霄精密机械有限公司', '东莞', '0.8-1.2万', '大专', '3-5年', '2025-03-06 00:00:00', 'https://jobs.example/1004.html', '岗位职责：负责机械设计工程师相关工作，熟悉SolidWorks、AutoCAD。\r\n任职要求：大专及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (6, '嵌入式软件工程师', '云杉示例电子科技集团有限公司', '深圳', '1.8-3万', '本科', '5-10年', '2025-03-07 00:00:00', 'https://jobs.example/1005.html', '岗位职责：负责嵌入式软件工程师相关工作，熟悉C++、Linux、单片机。\r\n任职要求：本科及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (7, '行政专员', '样例流萤企业管理咨询有限公司', '成都', '0.5-0.7万', '大专', '不限', '2025-03-07 00:00:00', 'https://jobs.example/1006.html', '岗位职责：负责行政专员相关工作，熟悉Office、沟通。\r\n任职要求：大专及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (8, '护士', '虚构沧浪康复医院', '武汉', '0.5-0.8万', '大专', '无经验', '2025-03-08 00:00:00', 'https://jobs.example/1007.html', '岗位职责：负责护士相关工作，熟悉护理、急救。\r\n任职要求：大专及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (9, '大模型应用工程师', '虚构玄圭智能技术（北京）有限公司', '北京', '3-6万', '硕士', '3-5年', '2025-03-08 00:00:00', 'https://jobs.example/1008.html', '岗位职责：负责大模型应用工程师相关工作，熟悉大模型、LangChain、Python。\r\n任职要求：硕士及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
INSERT INTO `job_info` VALUES (10, '小学语文教师', '云杉示例教育培训学校', '郑州', '0.6-0.9万', '本科', '不限', '2025-03-09 00:00:00', 'https://jobs.example/1009.html', '岗位职责：负责小学语文教师相关工作，熟悉教学、教案。\r\n任职要求：本科及以上学历，有责任心，善于沟通，能按时完成上级交办的任务。 熟悉\'敏捷\'');
COMMIT;

SET FOREIGN_KEY_CHECKS = 1;
