"""The administration panel: who may use it, who did, and the pictures uploaded there."""

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index

from pipeline.database.columns import retire_flag, unique
from pipeline.database.operational import count, line, link, payload, state
from pipeline.packs.homologation.tables.base import Changing, Operational, endless, one

if TYPE_CHECKING:
    from pipeline.packs.homologation.tables.monitoring import AuditLog, ContainerErrorLog


class AdminUser(Changing, table=True):
    """Somebody who may use the administration panel. Accounts are switched off, never deleted."""

    __tablename__ = "admin_users"
    __table_args__ = (unique("username"),)

    username: str = line(50)
    password_hash: str = line(255)  # bcrypt
    role: str = state("role", ("admin", "user"), 20, default="user")
    display_name: str | None = line(100, null=True)
    is_active: bool = retire_flag()
    created_by: uuid.UUID | None = link("admin_users.id", on_delete="SET NULL", null=True)

    creator: "AdminUser | None" = one("AdminUser", depth=1, remote_side="AdminUser.id")
    access_logs: list["AdminAccessLog"] = endless("AdminAccessLog", "user")
    resolved_errors: list["ContainerErrorLog"] = endless("ContainerErrorLog", "resolver", owned=False)
    audits: list["AuditLog"] = endless("AuditLog", "admin_user", owned=False)


class AdminAccessLog(Operational, table=True):
    """Somebody came, went, or was turned away at the administration panel."""

    __tablename__ = "admin_access_log"
    __table_args__ = (Index(None, "created_at"),)

    user_id: uuid.UUID = link("admin_users.id", on_delete="CASCADE")
    action: str = state("action", ("login", "logout", "login_failed"), 20)
    ip_address: str | None = line(45, null=True)  # IPv4 or IPv6
    user_agent: str | None = line(500, null=True)
    details: dict[str, Any] = payload("{}")

    user: "AdminUser" = one("AdminUser", "access_logs", depth=1)


class UploadedImage(Operational, table=True):
    """A picture uploaded in the administration panel, as a file in the store."""

    __tablename__ = "uploaded_images"
    __table_args__ = (unique("stored_filename"), Index(None, "category"))

    filename: str = line(255)
    stored_filename: str = line(255)
    mime_type: str = line(100)
    file_size: int = count("file_size")  # bytes
    width: int | None = count("width", null=True)  # pixels
    height: int | None = count("height", null=True)
    category: str | None = line(50, null=True)
    description: str | None = line(500, null=True)
    uploaded_by: str | None = line(100, null=True)
