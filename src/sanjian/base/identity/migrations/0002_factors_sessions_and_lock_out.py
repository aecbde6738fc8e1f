"""Second factors, sessions, lock-out and former passwords; constraints of roles are lifted for the next step."""

from django.db import migrations, models

import sanjian.base.identity.personal


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("began_at", models.DateTimeField(verbose_name="登录时间")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("password", "密码"),
                            ("one_time", "密码和动态口令"),
                            ("recovery", "密码和恢复码"),
                            ("passkey", "通行密钥"),
                            ("sso", "统一认证"),
                        ],
                        max_length=10,
                        verbose_name="方式",
                    ),
                ),
                ("ip_address", models.GenericIPAddressField(blank=True, null=True, verbose_name="IP")),
                ("device", models.CharField(blank=True, max_length=200, verbose_name="设备")),
            ],
            options={
                "verbose_name": "会话",
                "ordering": ["account", "-began_at"],
            },
        ),
        migrations.CreateModel(
            name="FormerPassword",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128)),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "历史密码",
                "ordering": ["account", "-set_at"],
            },
        ),
        migrations.CreateModel(
            name="LockOut",
            fields=[
                ("name_digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="连续失败次数")),
                ("last_failed_at", models.DateTimeField(verbose_name="最近失败")),
                ("last_ip", models.GenericIPAddressField(blank=True, null=True, verbose_name="IP")),
                ("locked_until", models.DateTimeField(blank=True, null=True, verbose_name="锁定至")),
            ],
            options={
                "verbose_name": "登录失败",
                "ordering": ["-last_failed_at"],
            },
        ),
        migrations.CreateModel(
            name="OneTimeSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret", sanjian.base.identity.personal.PersonalField(verbose_name="密钥")),
                ("made_at", models.DateTimeField(verbose_name="建立时间")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                (
                    "last_step",
                    models.BigIntegerField(
                        default=0, help_text="同一个口令不能用两次", verbose_name="最近用过的时间步"
                    ),
                ),
            ],
            options={
                "verbose_name": "动态口令",
            },
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "credential_id",
                    models.CharField(help_text="base64url", max_length=700, unique=True, verbose_name="凭据编号"),
                ),
                ("public_key", models.TextField(help_text="COSE, base64url", verbose_name="公钥")),
                ("sign_count", models.BigIntegerField(default=0, verbose_name="签名计数")),
                ("made_at", models.DateTimeField(verbose_name="建立时间")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="最近使用")),
            ],
            options={
                "verbose_name": "通行密钥",
                "ordering": ["account", "made_at"],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="建立时间")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="使用时间")),
            ],
            options={
                "verbose_name": "恢复码",
            },
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="enterprise_account_has_object",
        ),
        migrations.RemoveConstraint(
            model_name="account",
            name="official_account_has_district",
        ),
    ]
