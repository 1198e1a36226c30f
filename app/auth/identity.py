"""The outcome of authentication."""

from dataclasses import dataclass

from starlette.responses import Response

from app.context import Principal, SessionTerms


@dataclass(frozen=True, slots=True)
class NewCookie:
    """A cookie that the answer has to set. Scripts cannot read it, other sites' forms do not send it."""

    name: str
    value: str
    max_age: int
    secure: bool

    def set_on(self, response: Response) -> None:
        """Add the `Set-Cookie` header."""
        response.set_cookie(
            self.name,
            self.value,
            max_age=self.max_age,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """A principal, and what its browser has to keep for the next request."""

    principal: Principal
    new_cookie: NewCookie | None = None
    uses_cookie: bool = False
    """The credential travels by itself, be it our cookie or that of a proxy in front: the origin counts."""
    session: SessionTerms | None = None
    """What its client secret was made for, if it came with one."""
