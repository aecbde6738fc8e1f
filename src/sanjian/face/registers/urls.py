"""One line a register."""

from django.urls import include, path

urlpatterns = [
    path("objects/", include("sanjian.face.registers.objects.urls")),
    path("updates/", include("sanjian.face.registers.updates.urls")),
    path("people/", include("sanjian.face.registers.people.urls")),
    path("equipment/", include("sanjian.face.registers.equipment.urls")),
    path("items/", include("sanjian.face.registers.items.urls")),
]
