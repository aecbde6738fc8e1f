"""The four base registries: objects with their history, people, equipment, items, and where all of it comes from."""

import datetime

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import sanjian.base.identity.personal


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_factors_sessions_and_lock_out"),
        ("registry", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField(verbose_name="起")),
                ("last_day", models.DateField(verbose_name="止（含）")),
                ("reason", models.CharField(max_length=40, verbose_name="原因")),
            ],
            options={
                "verbose_name": "不可用时段",
                "ordering": ["officer", "first_day"],
            },
        ),
        migrations.CreateModel(
            name="Body",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("statutory", "法定行政机关"),
                            ("authorised", "法律法规授权组织"),
                            ("entrusted", "受委托组织"),
                        ],
                        default="statutory",
                        max_length=12,
                        verbose_name="性质",
                    ),
                ),
                (
                    "department",
                    models.CharField(
                        choices=[("supervision", "监管部门"), ("monitoring", "监测部门"), ("enforcement", "执法部门")],
                        max_length=12,
                        verbose_name="职能",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
            ],
            options={
                "verbose_name": "机构",
                "ordering": ["territory", "code"],
            },
        ),
        migrations.CreateModel(
            name="Calibration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("verification", "检定"), ("calibration", "校准"), ("daily", "使用前核查")],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("certificate_no", models.CharField(blank=True, max_length=60, verbose_name="证书编号")),
                ("agency", models.CharField(blank=True, max_length=80, verbose_name="机构")),
                ("performed_at", models.DateTimeField(verbose_name="时间")),
                (
                    "valid_to",
                    models.DateField(
                        blank=True, help_text="使用前核查不填，当日有效", null=True, verbose_name="有效期至（含）"
                    ),
                ),
                ("has_passed", models.BooleanField(verbose_name="合格")),
                ("range_text", models.CharField(blank=True, max_length=60, verbose_name="量程")),
                ("uncertainty", models.CharField(blank=True, max_length=60, verbose_name="不确定度")),
                ("document_sha256", models.CharField(blank=True, max_length=64, verbose_name="证书文件")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="登记时间"),
                ),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="作废时间")),
                ("void_reason", models.CharField(blank=True, max_length=200, verbose_name="作废理由")),
            ],
            options={
                "verbose_name": "检定校准",
                "ordering": ["instrument", "-performed_at"],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                ("certificate_no", models.CharField(db_index=True, max_length=30, verbose_name="执法证号")),
                ("kind", models.CharField(default="行政执法证", max_length=40, verbose_name="类型")),
                ("issuer", models.CharField(blank=True, max_length=80, verbose_name="发证机关")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="发证日期")),
                ("checked_on", models.DateField(blank=True, null=True, verbose_name="最近审验日期")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="暂扣或吊销日期")),
                (
                    "ending_told_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="到期提醒时间"),
                ),
            ],
            options={
                "verbose_name": "执法证",
                "ordering": ["officer", "-valid_from"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("duty", models.CharField(default="环保联系人", max_length=40, verbose_name="职责")),
                ("name", sanjian.base.identity.personal.PersonalField(verbose_name="姓名")),
                ("phone", sanjian.base.identity.personal.PersonalField(blank=True, verbose_name="电话")),
                ("has_consented", models.BooleanField(default=False, verbose_name="同意电子送达")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="更新时间")),
            ],
            options={
                "verbose_name": "联系人",
                "ordering": ["inspection_object", "id"],
            },
        ),
        migrations.CreateModel(
            name="DataSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="编码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "人工录入"),
                            ("file", "文件导入"),
                            ("http", "HTTP 接口"),
                            ("database", "数据库"),
                        ],
                        max_length=8,
                        verbose_name="类型",
                    ),
                ),
                (
                    "register",
                    models.CharField(
                        choices=[
                            ("objects", "检查对象"),
                            ("officers", "机构人员"),
                            ("instruments", "装备"),
                            ("items", "检查事项"),
                        ],
                        default="objects",
                        max_length=12,
                        verbose_name="登记库",
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True,
                        help_text="https://… 或 postgresql://…，不含密码",
                        max_length=300,
                        verbose_name="地址",
                    ),
                ),
                ("query", models.TextField(blank=True, help_text="数据库来源的 SELECT 语句", verbose_name="查询")),
                (
                    "secret",
                    sanjian.base.identity.personal.PersonalField(
                        blank=True, help_text="令牌或密码，加密保存", verbose_name="凭据"
                    ),
                ),
                (
                    "columns",
                    models.JSONField(
                        blank=True, default=dict, help_text="来源字段名到登记库字段名", verbose_name="字段对应"
                    ),
                ),
                (
                    "interval_minutes",
                    models.PositiveIntegerField(
                        blank=True, help_text="空为不自动拉取", null=True, verbose_name="拉取间隔（分钟）"
                    ),
                ),
                (
                    "is_trusted",
                    models.BooleanField(
                        default=False, help_text="否则每次拉取停在预览，等人确认", verbose_name="可自动生效"
                    ),
                ),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="1 最可信；低次序不覆盖高次序的字段", verbose_name="可信次序"
                    ),
                ),
                (
                    "token_header",
                    models.CharField(
                        default="Authorization",
                        help_text="HTTP 来源：凭据放在这个请求头",
                        max_length=60,
                        verbose_name="凭据请求头",
                    ),
                ),
                (
                    "seen",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        editable=False,
                        help_text="ETag、Last-Modified",
                        verbose_name="上次答复的标记",
                    ),
                ),
                ("last_pulled_at", models.DateTimeField(blank=True, null=True, verbose_name="最近拉取")),
                ("last_problem", models.TextField(blank=True, verbose_name="最近的问题")),
            ],
            options={
                "verbose_name": "数据来源",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Facility",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=10,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(MF\\d{4}|T[AWNS]\\d{3}|D[AW]\\d{3})$", "应为 MF0001、TA001、DA001 这样的编号"
                            )
                        ],
                        verbose_name="编号",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("production", "生产设施"), ("treatment", "治理设施"), ("outlet", "排放口")],
                        max_length=10,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("latitude", models.FloatField(blank=True, help_text="WGS-84", null=True, verbose_name="纬度")),
                ("longitude", models.FloatField(blank=True, help_text="WGS-84", null=True, verbose_name="经度")),
            ],
            options={
                "verbose_name": "设施与排口",
                "ordering": ["inspection_object", "code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="FieldReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField(verbose_name="读数时间")),
                ("quantity", models.CharField(max_length=60, verbose_name="项目")),
                ("value", models.FloatField(verbose_name="数值")),
                ("unit", models.CharField(max_length=16, verbose_name="单位")),
                ("record_kind", models.CharField(blank=True, max_length=40, verbose_name="所属记录")),
                ("record_id", models.CharField(blank=True, max_length=64, verbose_name="记录编号")),
                (
                    "standing",
                    models.CharField(
                        choices=[("good", "可作证据"), ("clue_only", "仅作线索")],
                        max_length=10,
                        verbose_name="证据效力",
                    ),
                ),
                ("standing_reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("reopened_at", models.DateTimeField(blank=True, null=True, verbose_name="重新审查时间")),
            ],
            options={
                "verbose_name": "现场读数",
                "ordering": ["-taken_at"],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "register",
                    models.CharField(
                        choices=[
                            ("objects", "检查对象"),
                            ("officers", "机构人员"),
                            ("instruments", "装备"),
                            ("items", "检查事项"),
                        ],
                        max_length=12,
                        verbose_name="登记库",
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="文件名")),
                (
                    "file_sha256",
                    models.CharField(blank=True, help_text="原件在证据库中的哈希", max_length=64, verbose_name="文件"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "读取中"),
                            ("previewed", "待确认"),
                            ("applying", "写入中"),
                            ("applied", "已生效"),
                            ("cancelled", "已放弃"),
                            ("undoing", "撤销中"),
                            ("undone", "已撤销"),
                            ("failed", "失败"),
                        ],
                        default="reading",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("done_rows", models.PositiveIntegerField(default=0, verbose_name="已处理行")),
                (
                    "done_line",
                    models.PositiveIntegerField(
                        default=0, help_text="中断后从这一行之后继续", verbose_name="已处理到行号"
                    ),
                ),
                ("total_rows", models.PositiveIntegerField(default=0, verbose_name="总行数")),
                (
                    "held_until",
                    models.DateTimeField(
                        blank=True, help_text="后台处理期间；过时由别的进程接手", null=True, verbose_name="占用至"
                    ),
                ),
                (
                    "handled_at",
                    models.DateTimeField(
                        blank=True, help_text="该批所有历史行的记录时间", null=True, verbose_name="写入时刻"
                    ),
                ),
                ("counts", models.JSONField(default=dict, verbose_name="统计")),
                ("problem", models.TextField(blank=True, verbose_name="问题")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="提交时间")),
                ("applied_at", models.DateTimeField(blank=True, null=True, verbose_name="生效时间")),
            ],
            options={
                "verbose_name": "导入批次",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line_no", models.PositiveIntegerField(verbose_name="行号")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "新增"),
                            ("changed", "更新"),
                            ("same", "无变化"),
                            ("doubtful", "疑似重复"),
                            ("wrong", "有错"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("target_id", models.BigIntegerField(blank=True, null=True, verbose_name="登记编号")),
                ("values", models.JSONField(default=dict, verbose_name="读到的值")),
                ("changes", models.JSONField(default=dict, help_text="字段到[旧值, 新值]", verbose_name="变更")),
                ("problems", models.JSONField(default=list, help_text="[字段, 说明] 的列表", verbose_name="问题")),
            ],
            options={
                "verbose_name": "导入行",
                "ordering": ["batch", "line_no"],
            },
        ),
        migrations.CreateModel(
            name="Instrument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asset_no", models.CharField(max_length=40, unique=True, verbose_name="资产编号")),
                (
                    "category",
                    models.CharField(help_text="环办执法〔2024〕27号 装备目录", max_length=60, verbose_name="类别"),
                ),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                ("model", models.CharField(blank=True, max_length=60, verbose_name="型号")),
                ("serial_no", models.CharField(blank=True, max_length=60, verbose_name="出厂编号")),
                ("maker", models.CharField(blank=True, max_length=80, verbose_name="制造商")),
                ("location", models.CharField(blank=True, max_length=80, verbose_name="存放地点")),
                (
                    "state",
                    models.CharField(
                        choices=[("in_use", "在用"), ("repair", "维修"), ("idle", "闲置"), ("scrapped", "报废")],
                        default="in_use",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                (
                    "is_metered",
                    models.BooleanField(
                        default=True, help_text="车辆、无人机等不出数的装备不需要", verbose_name="须检定校准"
                    ),
                ),
                ("firmware", models.CharField(blank=True, max_length=40, verbose_name="固件版本")),
                ("clock_offset_s", models.FloatField(blank=True, null=True, verbose_name="时钟偏差（秒）")),
            ],
            options={
                "verbose_name": "装备",
                "ordering": ["asset_no"],
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("self", "本人"),
                            ("relative", "近亲属"),
                            ("former_employer", "曾任职"),
                            ("financial", "经济利益"),
                            ("other", "其他关系"),
                        ],
                        max_length=16,
                        verbose_name="类型",
                    ),
                ),
                ("note", sanjian.base.identity.personal.PersonalField(blank=True, verbose_name="说明")),
            ],
            options={
                "verbose_name": "利益申报",
                "ordering": ["officer", "inspection_object"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ItemVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("content", models.JSONField(help_text="字段、条款编码与问题，当时的原样", verbose_name="内容")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
            ],
            options={
                "verbose_name": "事项版本",
                "ordering": ["item", "-version"],
            },
        ),
        migrations.CreateModel(
            name="Lineage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("merge", "合并"), ("split", "拆分")], max_length=6, verbose_name="类型"),
                ),
                (
                    "moved",
                    models.JSONField(
                        default=dict, help_text="表名到主键列表，撤销时按此移回", verbose_name="移动的记录"
                    ),
                ),
                ("on", models.DateField(default=datetime.date.today, verbose_name="生效日期")),
                ("at", models.DateTimeField(verbose_name="操作时间")),
                ("reason", models.CharField(max_length=200, verbose_name="理由")),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
            ],
            options={
                "verbose_name": "合并与拆分",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                (
                    "list_code",
                    models.CharField(
                        choices=[
                            ("key_water", "重点单位（水）"),
                            ("key_gas", "重点单位（大气）"),
                            ("key_soil", "重点单位（土壤）"),
                            ("key_noise", "重点单位（噪声）"),
                            ("key_risk", "重点单位（环境风险）"),
                            ("unobtrusive", "无感监管对象"),
                            ("positive", "正面清单"),
                        ],
                        max_length=12,
                        verbose_name="名录",
                    ),
                ),
            ],
            options={
                "verbose_name": "名录",
                "ordering": ["inspection_object", "list_code", "valid_from"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField(verbose_name="借出")),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="归还")),
            ],
            options={
                "verbose_name": "借用",
                "ordering": ["-taken_at"],
            },
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.FloatField(verbose_name="相似度 0-1")),
                ("reasons", models.JSONField(default=list, help_text="[理由, 贡献] 的列表", verbose_name="依据")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待判断"), ("same", "同一对象"), ("different", "不同对象")],
                        default="open",
                        max_length=10,
                        verbose_name="判断",
                    ),
                ),
                ("found_at", models.DateTimeField(auto_now_add=True, verbose_name="发现时间")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="判断时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
            ],
            options={
                "verbose_name": "疑似重复",
                "ordering": ["-score", "id"],
            },
        ),
        migrations.CreateModel(
            name="ObjectRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("discharger", "排污单位"),
                            ("waste_producer", "危险废物产生单位"),
                            ("waste_facility", "危险废物经营单位"),
                            ("carrier", "运输单位"),
                            ("laboratory", "社会化监测机构"),
                            ("test_station", "机动车排放检验机构"),
                            ("construction_site", "建筑工地"),
                            ("landlord", "出租方"),
                            ("maintainer", "运维单位"),
                            ("consultant", "环评与许可技术单位"),
                            ("other", "其他"),
                        ],
                        max_length=20,
                        verbose_name="角色",
                    ),
                ),
            ],
            options={
                "verbose_name": "对象角色",
                "ordering": ["inspection_object", "role", "valid_from"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObjectVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                (
                    "credit_code",
                    models.CharField(blank=True, max_length=18, null=True, verbose_name="统一社会信用代码"),
                ),
                (
                    "former_code",
                    models.CharField(
                        blank=True, help_text="15 位营业执照号或 9 位组织机构代码", max_length=20, verbose_name="旧证号"
                    ),
                ),
                (
                    "site_no",
                    models.CharField(
                        blank=True, help_text="同一法人的多个厂区，HJ 608-2017", max_length=3, verbose_name="场所序号"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                (
                    "street_code",
                    models.CharField(
                        blank=True, help_text="统计用区划代码 12 位", max_length=12, verbose_name="街镇代码"
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="地址")),
                (
                    "industry_code",
                    models.CharField(blank=True, help_text="GB/T 4754-2017", max_length=4, verbose_name="行业代码"),
                ),
                ("industry_name", models.CharField(blank=True, max_length=60, verbose_name="行业")),
                (
                    "permit_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("key", "重点管理"),
                            ("simplified", "简化管理"),
                            ("registered", "登记管理"),
                            ("none", "不需办理"),
                        ],
                        max_length=10,
                        verbose_name="排污许可管理类别",
                    ),
                ),
                (
                    "supervision",
                    models.CharField(
                        choices=[("key", "重点监管"), ("general", "一般监管"), ("simple", "简易监管")],
                        default="general",
                        max_length=8,
                        verbose_name="监管类别",
                    ),
                ),
                (
                    "production",
                    models.CharField(
                        choices=[("operating", "生产"), ("suspended", "停产"), ("closed", "关闭")],
                        default="operating",
                        max_length=10,
                        verbose_name="生产状态",
                    ),
                ),
                (
                    "latitude",
                    models.FloatField(
                        blank=True,
                        help_text="WGS-84",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="纬度",
                    ),
                ),
                (
                    "longitude",
                    models.FloatField(
                        blank=True,
                        help_text="WGS-84",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="经度",
                    ),
                ),
                (
                    "datum",
                    models.CharField(
                        choices=[
                            ("wgs84", "WGS-84 / CGCS2000"),
                            ("gcj02", "GCJ-02（地图应用）"),
                            ("unknown", "未注明"),
                        ],
                        default="wgs84",
                        max_length=8,
                        verbose_name="坐标原始基准",
                    ),
                ),
                ("accuracy_m", models.FloatField(blank=True, null=True, verbose_name="坐标精度（米）")),
                ("legal_person", models.CharField(blank=True, max_length=40, verbose_name="法定代表人")),
                (
                    "grade",
                    models.CharField(
                        choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")],
                        default="B",
                        max_length=1,
                        verbose_name="信用风险等级",
                    ),
                ),
                ("source_note", models.CharField(blank=True, max_length=200, verbose_name="数据来源说明")),
                ("changed", models.JSONField(default=list, help_text="与前一状态相比", verbose_name="变更字段")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
            ],
            options={
                "verbose_name": "检查对象历史",
                "ordering": ["inspection_object", "valid_from", "recorded_at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObjectWords",
            fields=[
                (
                    "inspection_object",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="registry.inspectionobject",
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        help_text="规范化的现用名称，用于排序和前缀匹配",
                        max_length=120,
                        verbose_name="名称",
                    ),
                ),
                ("initials", models.CharField(blank=True, max_length=120, verbose_name="拼音首字母")),
                ("text", models.TextField(help_text="各行：=现用名称、~曾用名称、#代码、@地址", verbose_name="检索词")),
            ],
            options={
                "verbose_name": "检索词",
            },
        ),
        migrations.CreateModel(
            name="Officer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("staff_no", models.CharField(max_length=30, unique=True, verbose_name="工号")),
                ("name", models.CharField(max_length=60, verbose_name="姓名")),
                ("post", models.CharField(blank=True, max_length=60, verbose_name="职务")),
                ("id_number", sanjian.base.identity.personal.PersonalField(blank=True, verbose_name="身份证号")),
                (
                    "id_digest",
                    models.CharField(
                        blank=True, db_index=True, editable=False, max_length=64, verbose_name="身份证号摘要"
                    ),
                ),
                ("phone", sanjian.base.identity.personal.PersonalField(blank=True, verbose_name="电话")),
                (
                    "skills",
                    models.JSONField(
                        blank=True, default=list, help_text="大气、水、固废、辐射、移动源等", verbose_name="专长"
                    ),
                ),
                ("can_sample", models.BooleanField(default=False, verbose_name="采样资格")),
                ("can_review", models.BooleanField(default=False, verbose_name="法制审核资格")),
                (
                    "is_established",
                    models.BooleanField(
                        default=True, help_text="双随机只抽在编在岗且持证人员", verbose_name="在编在岗"
                    ),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="离岗日期")),
            ],
            options={
                "verbose_name": "人员",
                "ordering": ["body", "name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Permit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                (
                    "permit_no",
                    models.CharField(
                        db_index=True,
                        help_text="22 位排污单位编码，HJ 608-2017",
                        max_length=22,
                        verbose_name="许可证编号",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("permit", "排污许可证"), ("registration", "固定污染源排污登记回执")],
                        default="permit",
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("issuer", models.CharField(blank=True, max_length=80, verbose_name="核发机关")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="核发日期")),
                (
                    "industry_codes",
                    models.CharField(
                        blank=True, help_text="4 位行业代码，逗号分隔", max_length=60, verbose_name="行业子编码"
                    ),
                ),
                ("content", models.TextField(blank=True, verbose_name="许可内容摘要")),
            ],
            options={
                "verbose_name": "排污许可证",
                "ordering": ["inspection_object", "-valid_from"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Power",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
            ],
            options={
                "verbose_name": "事项认领",
                "ordering": ["body", "item", "valid_from"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止（含）")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("landlord", "出租给"),
                            ("group", "控股"),
                            ("operator", "运营"),
                            ("carrier", "承运"),
                            ("laboratory", "检测"),
                            ("maintainer", "运维"),
                        ],
                        max_length=12,
                        verbose_name="关系",
                    ),
                ),
            ],
            options={
                "verbose_name": "关系",
                "ordering": ["subject", "kind", "target"],
                "abstract": False,
            },
        ),
        migrations.AlterModelOptions(
            name="inspectionobject",
            options={"ordering": ["name", "id"], "verbose_name": "检查对象"},
        ),
        migrations.AlterModelOptions(
            name="legalbasis",
            options={"ordering": ["instrument", "article", "valid_from"], "verbose_name": "法律依据"},
        ),
        migrations.AlterModelOptions(
            name="question",
            options={"ordering": ["item", "order", "id"], "verbose_name": "检查问题"},
        ),
        migrations.RemoveConstraint(
            model_name="limit",
            name="limit_period_in_order",
        ),
        migrations.RemoveConstraint(
            model_name="limit",
            name="one_limit_per_start",
        ),
        migrations.RemoveConstraint(
            model_name="question",
            name="question_code_once_per_item",
        ),
        migrations.RemoveField(
            model_name="inspectionobject",
            name="contact_name",
        ),
        migrations.RemoveField(
            model_name="inspectionobject",
            name="contact_phone",
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="domain",
            field=models.CharField(
                blank=True, help_text="大气、水、固体废物、移动源、监测质量等", max_length=40, verbose_name="领域"
            ),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="evidence",
            field=models.TextField(blank=True, verbose_name="应取证据"),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="is_undisturbed",
            field=models.BooleanField(default=False, help_text="不主动入户，只因线索触发", verbose_name="无事不扰"),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="joint_theme",
            field=models.CharField(blank=True, max_length=60, verbose_name="联合检查主题"),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="method",
            field=models.CharField(
                choices=[("on_site", "现场"), ("remote", "非现场"), ("both", "现场或非现场")],
                default="on_site",
                max_length=8,
                verbose_name="检查方式",
            ),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="published_url",
            field=models.URLField(blank=True, verbose_name="公布网址"),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="remote_sufficient",
            field=models.BooleanField(default=False, help_text="是则入户检查须写明理由", verbose_name="非现场可查清"),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="scope",
            field=models.JSONField(
                blank=True, default=dict, help_text="条件：角色、名录、管理类别、行业、辖区", verbose_name="适用对象"
            ),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="valid_from",
            field=models.DateField(default=datetime.date(2025, 1, 1), verbose_name="启用日期"),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="valid_to",
            field=models.DateField(blank=True, null=True, verbose_name="停用日期"),
        ),
        migrations.AddField(
            model_name="inspectionitem",
            name="version",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="accuracy_m",
            field=models.FloatField(blank=True, null=True, verbose_name="坐标精度（米）"),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="changed_at",
            field=models.DateTimeField(
                db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="最近变更"
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="datum",
            field=models.CharField(
                choices=[("wgs84", "WGS-84 / CGCS2000"), ("gcj02", "GCJ-02（地图应用）"), ("unknown", "未注明")],
                default="wgs84",
                max_length=8,
                verbose_name="坐标原始基准",
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="former_code",
            field=models.CharField(
                blank=True, help_text="15 位营业执照号或 9 位组织机构代码", max_length=20, verbose_name="旧证号"
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="legal_person",
            field=models.CharField(blank=True, max_length=40, verbose_name="法定代表人"),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="permit_class",
            field=models.CharField(
                blank=True,
                choices=[
                    ("key", "重点管理"),
                    ("simplified", "简化管理"),
                    ("registered", "登记管理"),
                    ("none", "不需办理"),
                ],
                max_length=10,
                verbose_name="排污许可管理类别",
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="present_since",
            field=models.DateField(
                editable=False, help_text="本行是历史中自哪一天起的状态；空为尚无历史", null=True, verbose_name="现状起"
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="production",
            field=models.CharField(
                choices=[("operating", "生产"), ("suspended", "停产"), ("closed", "关闭")],
                default="operating",
                max_length=10,
                verbose_name="生产状态",
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="registered_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="入库时间"),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="site_no",
            field=models.CharField(
                blank=True, help_text="同一法人的多个厂区，HJ 608-2017", max_length=3, verbose_name="场所序号"
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="street_code",
            field=models.CharField(
                blank=True, help_text="统计用区划代码 12 位", max_length=12, verbose_name="街镇代码"
            ),
        ),
        migrations.AddField(
            model_name="inspectionobject",
            name="survivor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absorbed",
                to="registry.inspectionobject",
                verbose_name="已并入",
            ),
        ),
        migrations.AddField(
            model_name="legalbasis",
            name="is_verified",
            field=models.BooleanField(default=False, verbose_name="已与公报核对"),
        ),
        migrations.AddField(
            model_name="legalbasis",
            name="text_sha256",
            field=models.CharField(
                blank=True, help_text="全文导入后填写，改一字即变", max_length=64, verbose_name="条文哈希"
            ),
        ),
        migrations.AddField(
            model_name="limit",
            name="recorded_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="记录时间"),
        ),
        migrations.AddField(
            model_name="limit",
            name="superseded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="被更正时间"),
        ),
        migrations.AddField(
            model_name="question",
            name="added_at",
            field=models.DateTimeField(blank=True, help_text="空为自始就有", null=True, verbose_name="启用时间"),
        ),
        migrations.AddField(
            model_name="question",
            name="filled_from",
            field=models.CharField(
                blank=True,
                help_text="permit.valid_to、telemetry.latest:w01018 等",
                max_length=60,
                verbose_name="自动填写",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="high",
            field=models.FloatField(blank=True, null=True, verbose_name="正常上限"),
        ),
        migrations.AddField(
            model_name="question",
            name="kind",
            field=models.CharField(
                choices=[
                    ("yes_no", "是 / 否 / 不适用"),
                    ("number", "数值"),
                    ("choice", "单选"),
                    ("choices", "多选"),
                    ("text", "文字"),
                    ("date", "日期"),
                ],
                default="yes_no",
                max_length=8,
                verbose_name="类型",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="low",
            field=models.FloatField(blank=True, null=True, verbose_name="正常下限"),
        ),
        migrations.AddField(
            model_name="question",
            name="options",
            field=models.JSONField(blank=True, default=list, verbose_name="选项"),
        ),
        migrations.AddField(
            model_name="question",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="停用时间"),
        ),
        migrations.AddField(
            model_name="question",
            name="severity",
            field=models.PositiveSmallIntegerField(default=2, verbose_name="不合格严重程度 1-5"),
        ),
        migrations.AddField(
            model_name="question",
            name="shown_when",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text='{"question": "running", "is": "no"}；空为总是出现',
                verbose_name="出现条件",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="unit",
            field=models.CharField(blank=True, max_length=16, verbose_name="单位"),
        ),
        migrations.AlterField(
            model_name="inspectionobject",
            name="credit_code",
            field=models.CharField(blank=True, max_length=18, null=True, verbose_name="统一社会信用代码"),
        ),
        migrations.AlterField(
            model_name="inspectionobject",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.district",
                verbose_name="行政区",
            ),
        ),
        migrations.AlterField(
            model_name="inspectionobject",
            name="latitude",
            field=models.FloatField(
                blank=True,
                help_text="WGS-84",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(-90),
                    django.core.validators.MaxValueValidator(90),
                ],
                verbose_name="纬度",
            ),
        ),
        migrations.AlterField(
            model_name="inspectionobject",
            name="longitude",
            field=models.FloatField(
                blank=True,
                help_text="WGS-84",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(-180),
                    django.core.validators.MaxValueValidator(180),
                ],
                verbose_name="经度",
            ),
        ),
        migrations.AlterField(
            model_name="inspectionobject",
            name="source_note",
            field=models.CharField(blank=True, max_length=200, verbose_name="数据来源说明"),
        ),
        migrations.AlterField(
            model_name="legalbasis",
            name="valid_to",
            field=models.DateField(blank=True, help_text="最后一个有效日", null=True, verbose_name="失效日期"),
        ),
        migrations.AlterField(
            model_name="monitoringpoint",
            name="latitude",
            field=models.FloatField(blank=True, help_text="WGS-84", null=True, verbose_name="纬度"),
        ),
        migrations.AlterField(
            model_name="monitoringpoint",
            name="longitude",
            field=models.FloatField(blank=True, help_text="WGS-84", null=True, verbose_name="经度"),
        ),
        migrations.AddIndex(
            model_name="inspectionobject",
            index=models.Index(fields=["district", "name", "id"], name="object_by_district"),
        ),
        migrations.AddIndex(
            model_name="inspectionobject",
            index=models.Index(fields=["survivor", "name", "id"], name="standing_object_by_name"),
        ),
        migrations.AddIndex(
            model_name="inspectionobject",
            index=models.Index(fields=["former_code"], name="object_by_former_code"),
        ),
        migrations.AddConstraint(
            model_name="inspectionobject",
            constraint=models.UniqueConstraint(
                condition=models.Q(("survivor", None)),
                fields=("credit_code", "site_no"),
                name="one_object_per_code_and_site",
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionobject",
            constraint=models.CheckConstraint(
                condition=models.Q(("credit_code", ""), _negated=True), name="credit_code_is_null_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalbasis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="legalbasis_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)), fields=("item", "code"), name="question_code_once_per_item"
            ),
        ),
        migrations.AddField(
            model_name="body",
            name="entrusted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entrusts",
                to="registry.body",
                verbose_name="委托机关",
            ),
        ),
        migrations.AddField(
            model_name="body",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="registry.body",
                verbose_name="上级机构",
            ),
        ),
        migrations.AddField(
            model_name="body",
            name="statutory_basis",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.legalbasis",
            ),
        ),
        migrations.AddField(
            model_name="body",
            name="territory",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bodies",
                to="identity.district",
                verbose_name="管辖区域",
            ),
        ),
        migrations.AddField(
            model_name="calibration",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="calibration",
            name="voided_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="territory",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.district",
                verbose_name="执法区域",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="inspection_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="limit",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="limit_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="limit_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("point", "factor", "period", "valid_from"),
                name="one_limit_per_start",
            ),
        ),
        migrations.AddField(
            model_name="facility",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="facility",
            name="flows_to",
            field=models.ForeignKey(
                blank=True,
                help_text="生产设施到治理设施，治理设施到排放口",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="fed_by",
                to="registry.facility",
                verbose_name="去向",
            ),
        ),
        migrations.AddField(
            model_name="facility",
            name="inspection_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="facilities", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="monitoringpoint",
            name="outlet",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="points",
                to="registry.facility",
                verbose_name="排放口",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提交人",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="registry.datasource"
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="registry.importbatch"
            ),
        ),
        migrations.AddField(
            model_name="instrument",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="instruments",
                to="registry.body",
                verbose_name="机构",
            ),
        ),
        migrations.AddField(
            model_name="fieldreading",
            name="instrument",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="registry.instrument"
            ),
        ),
        migrations.AddField(
            model_name="calibration",
            name="instrument",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="calibrations", to="registry.instrument"
            ),
        ),
        migrations.AddField(
            model_name="interest",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="interest",
            name="inspection_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="interests",
                to="registry.inspectionobject",
                verbose_name="检查对象",
            ),
        ),
        migrations.AddField(
            model_name="itemversion",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="itemversion",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="registry.inspectionitem",
                verbose_name="事项",
            ),
        ),
        migrations.AddField(
            model_name="lineage",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="lineage",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lineage_of", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="lineage",
            name="survivor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lineage", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="listing",
            name="inspection_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="listings", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="loan",
            name="instrument",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="loans", to="registry.instrument"
            ),
        ),
        migrations.AddField(
            model_name="match",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="match",
            name="first",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="matches_first",
                to="registry.inspectionobject",
            ),
        ),
        migrations.AddField(
            model_name="match",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="matches_second",
                to="registry.inspectionobject",
            ),
        ),
        migrations.AddField(
            model_name="objectrole",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="objectrole",
            name="inspection_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="roles", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="objectversion",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="objectversion",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="objectversion",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.district",
                verbose_name="行政区",
            ),
        ),
        migrations.AddField(
            model_name="objectversion",
            name="inspection_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="objectwords",
            name="district",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.district"
            ),
        ),
        migrations.AddField(
            model_name="officer",
            name="account",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="officer",
                to=settings.AUTH_USER_MODEL,
                verbose_name="账号",
            ),
        ),
        migrations.AddField(
            model_name="officer",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="officers",
                to="registry.body",
                verbose_name="机构",
            ),
        ),
        migrations.AddField(
            model_name="loan",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="loans", to="registry.officer"
            ),
        ),
        migrations.AddField(
            model_name="interest",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="interests", to="registry.officer"
            ),
        ),
        migrations.AddField(
            model_name="instrument",
            name="keeper",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="registry.officer",
                verbose_name="保管人",
            ),
        ),
        migrations.AddField(
            model_name="fieldreading",
            name="officer",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="registry.officer"
            ),
        ),
        migrations.AddField(
            model_name="certificate",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="certificates", to="registry.officer"
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="officer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="absences", to="registry.officer"
            ),
        ),
        migrations.AddField(
            model_name="permit",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="permit",
            name="inspection_object",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="permits", to="registry.inspectionobject"
            ),
        ),
        migrations.AddField(
            model_name="power",
            name="body",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="powers", to="registry.body"
            ),
        ),
        migrations.AddField(
            model_name="power",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="power",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="registry.inspectionitem"
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="data_source",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.datasource",
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="relations_out",
                to="registry.inspectionobject",
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="relations_in", to="registry.inspectionobject"
            ),
        ),
        migrations.AddConstraint(
            model_name="body",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "entrusted"), _negated=True), ("entrusted_by__isnull", False), _connector="OR"
                ),
                name="entrusted_body_has_principal",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="facility_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="facility_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="facility",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("inspection_object", "code", "valid_from"),
                name="facility_code_once_per_object",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["batch", "outcome", "line_no"], name="import_row_by_outcome"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("batch", "line_no"), name="one_row_per_line"),
        ),
        migrations.AddIndex(
            model_name="calibration",
            index=models.Index(fields=["instrument", "performed_at"], name="calibration_by_instrument"),
        ),
        migrations.AddConstraint(
            model_name="itemversion",
            constraint=models.UniqueConstraint(fields=("item", "version"), name="item_version_once"),
        ),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["list_code", "inspection_object"], name="listing_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="listing_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="listing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="listing_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="one_match_per_pair"),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_id__lt", models.F("second_id"))), name="match_pair_in_order"
            ),
        ),
        migrations.AddIndex(
            model_name="objectrole",
            index=models.Index(fields=["role", "inspection_object"], name="role_by_kind"),
        ),
        migrations.AddConstraint(
            model_name="objectrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="objectrole_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="objectrole",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="objectrole_times_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="objectversion",
            index=models.Index(fields=["inspection_object", "valid_from"], name="version_by_object"),
        ),
        migrations.AddIndex(
            model_name="objectversion",
            index=models.Index(
                fields=["name", "inspection_object", "valid_from", "valid_to", "superseded_at", "recorded_at"],
                name="version_by_name_and_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="objectversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="objectversion_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="objectversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="objectversion_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="loan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("returned_at", None)), fields=("instrument",), name="lent_to_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="interest_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="interest_times_in_order",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldreading",
            index=models.Index(fields=["instrument", "taken_at"], name="reading_by_instrument"),
        ),
        migrations.AddIndex(
            model_name="fieldreading",
            index=models.Index(fields=["record_kind", "record_id"], name="reading_by_record"),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="certificate_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="certificate_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("certificate_no", "valid_from"),
                name="one_certificate_per_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_day__gte", models.F("first_day"))), name="absence_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="permit_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="permit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="permit_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="power",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="power_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="power",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="power_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="power",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_at", None)),
                fields=("body", "item", "valid_from"),
                name="one_claim_per_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="relation_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at__isnull", True), ("superseded_at__gte", models.F("recorded_at")), _connector="OR"
                ),
                name="relation_times_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(("subject", models.F("target")), _negated=True), name="relation_of_two"
            ),
        ),
    ]
