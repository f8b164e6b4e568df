"""What went out, and what corrects it."""

from sqlalchemy import Connection, delete, insert, select

from engine.errors import NotFound
from engine.publishing.publication import Correction, Publication
from engine.store.tables import corrections, publications


def add_publication(connection: Connection, one: Publication) -> None:
    """Keep a publication; it is never changed afterwards."""
    values = {"incident": one.incident, "draft": one.draft, "at": int(one.at.timestamp())}
    connection.execute(insert(publications).values(id=one.id, **values, document=one.model_dump_json()))


def load_publication(connection: Connection, identity: str) -> Publication:
    """A publication. Raises NotFound."""
    query = select(publications.c.document).where(publications.c.id == identity)
    document = connection.execute(query).scalar_one_or_none()
    if document is None:
        raise NotFound(f"没有编号为 {identity} 的发布记录")
    return Publication.model_validate_json(document)


def load_publications(connection: Connection, incident: str) -> list[Publication]:
    """What went out for an incident, oldest first."""
    query = select(publications.c.document).where(publications.c.incident == incident)
    rows = connection.execute(query.order_by(publications.c.at, publications.c.id)).scalars()
    return [Publication.model_validate_json(document) for document in rows]


def save_correction(connection: Connection, one: Correction) -> None:
    """Keep which publication a draft is to correct."""
    connection.execute(delete(corrections).where(corrections.c.draft == one.draft))
    values = {"draft": one.draft, "incident": one.incident, "publication": one.publication}
    connection.execute(insert(corrections).values(**values, document=one.model_dump_json()))


def load_correction(connection: Connection, draft: str) -> Correction | None:
    """What a draft is to correct."""
    query = select(corrections.c.document).where(corrections.c.draft == draft)
    document = connection.execute(query).scalar_one_or_none()
    return None if document is None else Correction.model_validate_json(document)


def load_corrections(connection: Connection, incident: str) -> list[Correction]:
    """The drafts of an incident that are to correct something, oldest first."""
    rows = connection.execute(select(corrections.c.document).where(corrections.c.incident == incident)).scalars()
    return sorted((Correction.model_validate_json(one) for one in rows), key=lambda one: (one.at, one.draft))
