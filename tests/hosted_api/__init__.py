"""A stand-in for the hosted ChatKit API, over real HTTP, written from its documented shapes."""

from tests.hosted_api.api import FakeHostedApi, Shape
from tests.hosted_api.http import Answer, Request
from tests.hosted_api.project import Project

__all__ = ["Answer", "FakeHostedApi", "Project", "Request", "Shape"]
