"""Accounts belong to bodies of the registry; the roles of institutions, and administrators who are never one person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sanjian.base.identity.personal


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("identity", "0002_factors_sessions_and_lock_out"),
        ("registry", "0002_four_registries"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="body",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="registry.body",
                verbose_name="机构",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="id_number",
            field=sanjian.base.identity.personal.PersonalField(blank=True, verbose_name="身份证号"),
        ),
        migrations.AddField(
            model_name="account",
            name="must_change_password",
            field=models.BooleanField(default=False, verbose_name="须改初始密码"),
        ),
        migrations.AddField(
            model_name="account",
            name="password_set_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="密码设定时间"),
        ),
        migrations.AddField(
            model_name="account",
            name="person_digest",
            field=models.CharField(
                blank=True, db_index=True, editable=False, max_length=64, verbose_name="身份证号摘要"
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="sso_subject",
            field=models.CharField(
                blank=True,
                help_text="城市统一认证平台给这个人的编号",
                max_length=200,
                null=True,
                unique=True,
                verbose_name="统一认证标识",
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="inspection_object_id",
            field=models.BigIntegerField(
                blank=True,
                help_text="被监管单位账号所属的检查对象，其他角色为空",
                null=True,
                verbose_name="所属检查对象",
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("monitor", "监测"),
                    ("supervisor", "监管"),
                    ("enforcer", "执法"),
                    ("district", "属地"),
                    ("enterprise", "企业"),
                    ("laboratory", "监测机构"),
                    ("station", "检验机构"),
                    ("carrier", "运输单位"),
                    ("operator", "系统管理"),
                    ("security", "安全管理"),
                    ("auditor", "审计"),
                ],
                help_text="刚建立、尚未授权的账号为空：什么也看不到",
                max_length=12,
                verbose_name="角色",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["actor", "seq"], name="audit_by_person"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["at"], name="audit_by_time"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role__in", ["carrier", "enterprise", "laboratory", "station"]), _negated=True),
                    ("inspection_object_id__isnull", False),
                    _connector="OR",
                ),
                name="regulated_account_has_object",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role__in", ["district", "enforcer", "monitor", "supervisor"]), _negated=True),
                    ("district__isnull", False),
                    _connector="OR",
                ),
                name="official_account_has_district",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("role__in", ["auditor", "operator", "security"]), models.Q(("person_digest", ""), _negated=True)
                ),
                fields=("person_digest",),
                name="one_administrator_account_per_person",
            ),
        ),
        migrations.AddField(
            model_name="accountsession",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="formerpassword",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="former_passwords",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="lockout",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lock_outs",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="onetimesecret",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="one_time_secret", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="passkey",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="passkeys", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="recoverycode",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="recovery_codes", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(fields=("account", "digest"), name="one_recovery_code"),
        ),
    ]
