"""A bookshop's API with FastAPI, its keys asked for by APIKeyHeader and Security as the documentation does it."""

import os
from typing import Annotated

from fastapi import FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader, SecurityScopes
from pydantic import BaseModel

# One key a caller, from the environment; and what the callers may do.
KEYS = {os.environ[f"LOCKPROOF_KEY_{name.upper()}"]: name for name in ("shop", "reader", "auditor")}
SCOPES = {
    "shop": {"catalog", "orders:read", "orders:write"},
    "reader": {"catalog"},
    "auditor": {"orders:read"},
}
BOOK = {"isbn": "9780131103627", "title": "The C Programming Language"}

app = FastAPI(title="Bookshop")
api_key_header = APIKeyHeader(name="X-API-Key")


def caller(needed: SecurityScopes, key: Annotated[str, Security(api_key_header)]) -> str:
    name = KEYS.get(key)
    if name is None:
        raise HTTPException(status_code=401, detail="Invalid API key")
    if not SCOPES[name].issuperset(needed.scopes):
        raise HTTPException(status_code=403, detail="Not enough permissions")
    return name


class Search(BaseModel):
    words: list[str]
    limit: int = 20


class Order(BaseModel):
    isbn: str
    copies: int


@app.get("/healthz")
def health():
    return {"status": "up"}


@app.get("/v1/books", dependencies=[Security(caller, scopes=["catalog"])])
def books():
    return {"books": [BOOK]}


@app.get("/v1/books/{isbn}", dependencies=[Security(caller, scopes=["catalog"])])
def book(isbn: str):
    if isbn != BOOK["isbn"]:
        raise HTTPException(status_code=404, detail="No such book")
    return {"book": BOOK}


@app.post("/v1/search", dependencies=[Security(caller, scopes=["catalog"])])
def search(query: Search):
    return {"books": [BOOK][: query.limit]}


@app.get("/v1/orders", dependencies=[Security(caller, scopes=["orders:read"])])
def orders():
    return {"orders": [{"id": "ord_1", "state": "shipped"}]}


@app.post("/v1/orders", status_code=201, dependencies=[Security(caller, scopes=["orders:write"])])
def place(order: Order):
    return {"order": {"id": "ord_2", "state": "placed", "copies": order.copies}}
