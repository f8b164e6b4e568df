"""One file a resource; an endpoint parses, makes one call, returns."""

from api.routes import (
    drafts,
    health,
    incidents,
    knowledge,
    knowledge_editing,
    learning,
    mentions,
    precedents,
    precheck,
    publications,
    questions,
    releases,
    session,
)

ROUTERS = (
    session.router,
    mentions.router,
    incidents.router,
    drafts.router,
    publications.router,
    questions.router,
    learning.router,
    knowledge_editing.router,
    knowledge.router,
    precedents.router,
    precheck.router,
    releases.router,
    health.router,
)
