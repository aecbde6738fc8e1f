"""Events that open pages hear about, kept in order so that a page that lost its connection misses nothing."""

from django.db import models

from sanjian.base.identity.models import Account, District
from sanjian.base.identity.scope import district_scope


class LiveEventQuerySet(models.QuerySet["LiveEvent"]):
    def visible_to(self, viewer: Account) -> "LiveEventQuerySet":
        """Events that a viewer may hear."""
        return self.filter(district_scope(viewer, object_id="inspection_object_id"))


class LiveEvent(models.Model):
    """Something happened that somebody looking at a page should see. The id is the order and the resume point."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间")
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("标题", max_length=200)
    url = models.CharField("链接", max_length=200, blank=True)
    severity = models.PositiveSmallIntegerField("严重程度", default=0)
    district = models.ForeignKey(District, on_delete=models.CASCADE, null=True, verbose_name="行政区")
    inspection_object_id = models.BigIntegerField("检查对象", null=True)
    details = models.JSONField(default=dict)

    objects = LiveEventQuerySet.as_manager()

    class Meta:
        verbose_name = "实时事件"
        ordering = ["id"]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.title}"
