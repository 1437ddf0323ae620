"""A backend with FastAPI: whoever has a session gets some of the platform, which httpx calls with the key."""

import os
from contextlib import asynccontextmanager
from typing import Annotated

import httpx
from fastapi import Body, Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

# What a login would have written down: who has a session, and what for.
SESSIONS = {
    os.environ["LOCKPROOF_KEY_APP"]: {"documents", "liveness", "people"},
    os.environ["LOCKPROOF_KEY_KIOSK"]: {"documents"},
}
platform = httpx.AsyncClient(
    base_url=os.environ["PLATFORM_URL"],
    headers={"X-API-Key": os.environ["LOCKPROOF_KEY_BACKEND"]},
    timeout=2.0,
)


@asynccontextmanager
async def lifespan(app: FastAPI):
    yield
    await platform.aclose()


app = FastAPI(title="KYC backend", lifespan=lifespan)
bearer = HTTPBearer()


def may(route: str):
    def session(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> None:
        routes = SESSIONS.get(credentials.credentials)
        if routes is None:
            raise HTTPException(status_code=401, detail="Invalid session")
        if route not in routes:
            raise HTTPException(status_code=403, detail="Not allowed")

    return Depends(session)


async def call(method: str, path: str, **request) -> dict:
    try:
        response = await platform.request(method, path, **request)
        response.raise_for_status()
        return response.json()
    except httpx.HTTPStatusError as error:
        raise HTTPException(status_code=error.response.status_code, detail=error.response.text)
    except httpx.RequestError as error:
        raise HTTPException(status_code=502, detail=f"Platform unavailable: {error}")


@app.post("/api/documents", dependencies=[may("documents")])
async def read_document(document: Annotated[dict, Body()]):
    return await call("POST", "/v1/ekyc/ocr", json=document)


@app.post("/api/liveness", dependencies=[may("liveness")])
async def liveness(frames: Annotated[dict, Body()]):
    return await call("POST", "/v1/ekyc/liveness", json=frames)


@app.post("/api/people", status_code=201, dependencies=[may("people")])
async def enroll(person: Annotated[dict, Body()]):
    return await call("POST", "/v1/abis/subjects", json=person)


@app.get("/api/people/{subject}", dependencies=[may("people")])
async def person(subject: str):
    return await call("GET", f"/v1/abis/subjects/{subject}")
