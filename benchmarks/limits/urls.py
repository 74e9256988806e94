"""Addresses of the limits."""

from django.urls import path

from benchmarks.limits import views

urlpatterns = [
    path("json/", views.document),
    path("list/<uuid:owner_id>/", views.plain_list),
    path("drf/", views.Document.as_view()),
    path("drf/list/<uuid:owner_id>/", views.List.as_view()),
    path("drf/habits/", views.Create.as_view()),
    path("drf/habits/<uuid:habit_id>/stats/", views.Stats.as_view()),
    path("drf/habits/<uuid:habit_id>/logs/<str:day>/", views.Write.as_view()),
    path("drf/boards/top/", views.Top.as_view()),
    path("drf/boards/rank/<uuid:user_id>/", views.Rank.as_view()),
]
