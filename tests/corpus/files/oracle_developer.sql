REM INSERTING into JOBS
SET DEFINE OFF;
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (1,'算法工程师','虚构青鸾智能科技有限公司','北京','2.5-4万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-04','YYYY-MM-DD'));
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (2,'Java开发工程师','云杉示例软件（苏州）有限公司','苏州','1.5-2.5万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-05','YYYY-MM-DD'));
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (3,'销售代表','杜撰白泽商贸有限公司','上海','0.6-1万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-05','YYYY-MM-DD'));
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (4,'数据分析师','望舒样本数据股份有限公司','杭州','1.2-2万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-06','YYYY-MM-DD'));
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (5,'机械设计工程师','虚构赤霄精密机械有限公司','东莞','0.8-1.2万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-06','YYYY-MM-DD'));
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (6,'嵌入式软件工程师','云杉示例电子科技集团有限公司','深圳','1.8-3万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-07','YYYY-MM-DD'));
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (7,'行政专员','样例流萤企业管理咨询有限公司','成都','0.5-0.7万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-07','YYYY-MM-DD'));
Insert into JOBS (ID,TITLE,COMPANY,CITY,SALARY,DESCRIPTION,PUBLISH_DATE) values (8,'护士','虚构沧浪康复医院','武汉','0.5-0.8万',TO_CLOB('负责日常工作，路径 C:\new') || TO_CLOB('，配合同事''s 交付。'),to_date('2025-03-08','YYYY-MM-DD'));
