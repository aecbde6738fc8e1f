"""What the gateway keeps in the operational database: the latest state of each point, devices that nobody registered,
commands to devices, and split uploads that stayed incomplete.
"""

from django.db import models

from sanjian.base.identity.models import Account
from sanjian.base.identity.personal import PersonalField
from sanjian.base.identity.scope import district_scope
from sanjian.base.registry.models import MonitoringPoint


class PointState(models.Model):
    """The newest of what one point sent, so that no page scans the lake for "now". Written at every flush."""

    point = models.OneToOneField(MonitoringPoint, on_delete=models.CASCADE, primary_key=True, related_name="state")
    received_at = models.DateTimeField("最近接收")
    data_time_at = models.DateTimeField("最近数据时间", null=True)
    peer = models.CharField("来源地址", max_length=60, blank=True)
    values = models.JSONField(
        "最新值", default=dict, help_text="{kind: {factor_code: [value, data_flag, data_time ISO, frame_sha256]}}"
    )

    class Meta:
        verbose_name = "点位最新状态"

    def __str__(self) -> str:
        return f"{self.point_id} {self.received_at:%F %T}"


class UnknownDevice(models.Model):
    """A device code that sends but is not in the registry: its frames lie in quarantine until someone registers it."""

    device_mn = models.CharField("设备唯一标识 MN", max_length=60, primary_key=True)
    protocol = models.CharField("协议", max_length=12)
    peer = models.CharField("来源地址", max_length=60)
    first_seen_at = models.DateTimeField("首次出现")
    last_seen_at = models.DateTimeField("最近出现")
    frames = models.BigIntegerField("数据包数", default=0)

    class Meta:
        verbose_name = "未登记设备"
        ordering = ["-last_seen_at"]

    def __str__(self) -> str:
        return self.device_mn


class GatewayState(models.Model):
    """How one gateway process is doing; one row per process, updated once a second."""

    name = models.CharField("网关", max_length=60, primary_key=True)
    at = models.DateTimeField("时间")
    connections = models.PositiveIntegerField("连接数", default=0)
    frames = models.BigIntegerField("累计数据包", default=0)
    readings = models.BigIntegerField("累计监测值", default=0)
    quarantined = models.BigIntegerField("累计隔离", default=0)
    incomplete_splits = models.BigIntegerField("累计不完整拆分包", default=0)
    trouble = models.CharField("异常", max_length=200, blank=True, help_text="如：磁盘已满，暂停应答")

    class Meta:
        verbose_name = "网关状态"

    def __str__(self) -> str:
        return f"{self.name} {self.frames}"


class DeviceCommandQuerySet(models.QuerySet["DeviceCommand"]):
    """Commands, narrowed to a viewer."""

    def visible_to(self, viewer: Account) -> "DeviceCommandQuerySet":
        """Commands to devices that a viewer may see."""
        return self.filter(
            district_scope(
                viewer,
                district="point__inspection_object__district",
                object_id="point__inspection_object_id",
            )
        )


class DeviceCommand(models.Model):
    """One command to one device, from the wish to the answer. Its state changes by conditional update only."""

    class State(models.TextChoices):
        QUEUED = "queued", "待发送"
        SENT = "sent", "已发送"
        ACCEPTED = "accepted", "设备已接受"
        RUNNING = "running", "执行中"
        DONE = "done", "已完成"
        REFUSED = "refused", "设备拒绝"
        FAILED = "failed", "失败"
        TIMED_OUT = "timed_out", "超时"
        CANCELLED = "cancelled", "已取消"
        EXPIRED = "expired", "已过期"

    class Origin(models.TextChoices):
        PERSON = "person", "人工"
        RECALL = "recall", "自动补数"
        CLOCK = "clock", "自动校时"

    UNDER_WAY = (State.SENT, State.ACCEPTED, State.RUNNING)
    OPEN = (State.QUEUED, *UNDER_WAY)

    point = models.ForeignKey(MonitoringPoint, on_delete=models.PROTECT, related_name="commands", verbose_name="点位")
    device_mn = models.CharField("设备唯一标识 MN", max_length=40)
    code = models.CharField("命令编码 CN", max_length=4)
    parameters = models.JSONField("参数", default=dict, help_text="不含密码和密钥")
    area_sealed = PersonalField("数据区（加密）", blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED)
    origin = models.CharField("来由", max_length=8, choices=Origin, default=Origin.PERSON)
    asked_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下发人"
    )
    reason = models.CharField("理由", max_length=300)
    queued_at = models.DateTimeField("提交时间")
    expires_at = models.DateTimeField("失效时间", help_text="设备一直不在线，到此时不再发送")
    sent_at = models.DateTimeField("发送时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    gateway = models.CharField("网关", max_length=60, blank=True)
    qn = models.CharField("请求编码 QN", max_length=17, blank=True)
    sends = models.PositiveSmallIntegerField("发送次数", default=0)
    sent_sealed = PersonalField("发出的数据包（加密）", blank=True)
    sent_sha256 = models.CharField("发出的数据包 SHA-256", max_length=64, blank=True)
    request_code = models.IntegerField("QnRtn", null=True)
    result_code = models.IntegerField("ExeRtn", null=True)
    outcome_zh = models.CharField("结果", max_length=200, blank=True)
    answer = models.JSONField("返回内容", default=dict)
    frames = models.PositiveIntegerField("返回数据包数", default=0)
    frame_hashes = models.JSONField("返回数据包 SHA-256", default=list)

    objects = DeviceCommandQuerySet.as_manager()

    class Meta:
        verbose_name = "设备命令"
        ordering = ["-queued_at", "-id"]
        indexes = [
            models.Index(fields=["state", "queued_at"], name="command_state_queued"),
            models.Index(fields=["point", "-queued_at"], name="command_point_queued"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="command_has_reason"),
            models.UniqueConstraint(
                fields=["device_mn"], condition=models.Q(state__in=["sent", "accepted", "running"]),
                name="command_one_under_way",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.device_mn} {self.code} {self.state}"


class SplitGap(models.Model):
    """A split upload of which parts never came: what did come is stored, this says what is missing."""

    device_mn = models.CharField("设备唯一标识 MN", max_length=60)
    system_code = models.CharField("系统编码 ST", max_length=5)
    command = models.CharField("命令编码 CN", max_length=4)
    data_time_raw = models.CharField("数据时间", max_length=30, blank=True)
    total = models.PositiveIntegerField("总包数")
    missing = models.JSONField("缺少的包号", default=list)
    first_at = models.DateTimeField("首包时间")

    class Meta:
        verbose_name = "不完整的拆分包"
        ordering = ["-first_at"]
        indexes = [models.Index(fields=["device_mn", "-first_at"], name="split_gap_device")]

    def __str__(self) -> str:
        return f"{self.device_mn} {self.command} {self.data_time_raw}"
