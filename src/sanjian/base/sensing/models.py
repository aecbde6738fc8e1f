"""What the gateway keeps in the operational database: the latest state of each point, and devices that nobody
registered.
"""

from django.db import models

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
    trouble = models.CharField("异常", max_length=200, blank=True, help_text="如：磁盘已满，暂停应答")

    class Meta:
        verbose_name = "网关状态"

    def __str__(self) -> str:
        return f"{self.name} {self.frames}"
