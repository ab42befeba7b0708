"""The addresses at which other systems bring letters and receipts."""

from __future__ import annotations

from django.urls import path

from divan.dealings.correspondence.api import exchange, products

app_name = "correspondence"

urlpatterns = [
    path("letters/<slug:door>/letters/<str:key>", exchange.letter, name="exchange-letter"),
    path("letters/<slug:door>/letters/<str:key>/parts/<slug:sha256>/<int:number>", exchange.part, name="exchange-part"),
    path("letters/<slug:door>/receipts/<str:key>", exchange.receipt, name="exchange-receipt"),
    path("products/<slug:product>/letters", products.letter, name="product-letter"),
    path("products/<slug:product>/receipts", products.receipt, name="product-receipt"),
]
