"""Failures, answered in one way: any exception -> a page for people or one JSON body."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, TooManyRequests

from indexer.errors import (
    BackfileError,
    BusyError,
    IndexDamagedError,
    IndexUnreadableError,
    SourceUnavailableError,
)
from indexer.messages import joined, say
from search_web import address
from search_web.gate import MAX_REQUEST
from search_web.opened import current_archive
from search_web.pages import render
from search_web.templating import spoken

INTERNAL = "internal_error"
_PLAIN = "/:@!$&'()*+,;="  # beside letters and digits, what may stand in the path of an address
_HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_refused",
    414: "address_too_long",
    429: "too_many_requests",
}
_HEADINGS = {
    400: say("That search cannot be read"),
    404: say("There is nothing here"),
    405: say("That cannot be done here"),
    413: say("Nothing can be sent here"),
    414: say("That address is too long"),
    429: say("Too many requests"),
    503: say("The archive is not ready"),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What is answered: a code for programs, a sentence, a status; the command that repairs it, if any."""

    code: str
    message: str
    status: int
    command: str = "backfile index"


def register(app: Flask) -> None:
    """Let `app` answer failures with one body."""
    app.register_error_handler(BackfileError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _known(error: BackfileError) -> Response:
    place = error.where
    if error.http_status >= 500:
        current_app.logger.warning("%s", error)
        place = ""  # where things lie on the server is for its log, not for its visitors
    what = (
        say("{what} ({place}).", what=error.what, place=place) if place else say("{what}.", what=error.what)
    )
    message = joined(filter(None, (what, error.cure)), " ")
    failure = Failure(error.code, message, error.http_status)
    if isinstance(error, IndexDamagedError):  # a run that finds nothing new leaves it as it is
        failure = replace(failure, command="backfile index --full")
    if isinstance(error, IndexUnreadableError | SourceUnavailableError | BusyError):  # the index may be whole
        failure = replace(failure, command="")
    return _answer(failure)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code = _HTTP_CODES.get(status, "bad_request" if status < 500 else INTERNAL)
    message = {
        404: say("There is no such address."),
        405: say("This address does not take {method}; use GET.", method=request.method),
        413: say("Requests must not have a body here; use GET."),
        414: say("An address takes {most} characters at most. Shorten it.", most=MAX_REQUEST),
        429: say("There were too many requests from this address. Try again in a minute."),
    }.get(status, f"{error.name}.")
    response = _answer(Failure(code, message, status))
    if status == 405:
        response.headers["Allow"] = "GET, HEAD, OPTIONS"
    if status == 413:
        response.headers["Connection"] = "close"  # what was not read must not be taken for a request
    if isinstance(error, TooManyRequests) and isinstance(error.retry_after, int):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _unforeseen(error: Exception) -> Response:
    current_app.logger.error("a request failed: %s %r", request.method, request.path, exc_info=error)
    return _answer(
        Failure(INTERNAL, say("Something went wrong on our side; it has been written to the log."), 500)
    )


def _answer(failure: Failure) -> Response:
    if request.path.startswith("/api/"):
        body = {"code": failure.code, "message": failure.message, "status": failure.status}
        response = jsonify({"error": body})
    else:
        try:
            response = _page(failure)
        except Exception as error:  # of a site's own templates, or of what the app around adds to them
            response, failure = _plain(error), replace(failure, status=500)
    response.status_code = failure.status
    response.headers["Cache-Control"] = "no-store"
    if failure.status == 503:
        response.headers["Retry-After"] = "10"
    return response


def _page(failure: Failure) -> Response:
    heading = _HEADINGS.get(failure.status, say("Something went wrong"))
    kept = _readable() if failure.status == 400 else []
    return render(
        "error.html",
        title=heading,
        heading=heading,
        failure=failure,
        again_url=_here(),
        query=dict(kept).get("q", ""),
        hidden=[pair for pair in kept if pair[0] != "q"],
    )


def _plain(error: Exception) -> Response:
    """Return what needs no template, where the page for a failure fails itself."""
    current_app.logger.error("the error page failed: %s %r", request.method, request.path, exc_info=error)
    text = spoken(say("This page cannot be shown: there was an error on our side."))
    return Response(f"{text}\n", mimetype="text/plain")


def _readable() -> list[tuple[str, str]]:
    """Return what can be read of the address; nothing where the archive cannot be opened."""
    try:
        return address.readable(current_archive())
    except BackfileError:
        return []


def _here() -> str:
    """Return the address that was asked, below whatever the app is mounted at."""
    path = quote(request.script_root + request.path, safe=_PLAIN, errors="replace")
    asked = quote(request.query_string, safe=_PLAIN + "?%")  # it is quoted already, but for strange bytes
    return f"{path}?{asked}" if asked else path
