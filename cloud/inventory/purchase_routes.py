"""Suppliers and purchase orders over HTTP, for staff."""

from typing import Annotated

from fastapi import Query

from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.inventory import purchase_reading, purchasing, receiving, suppliers
from cloud.inventory.purchase_schemas import (
    Delivery,
    PurchaseChange,
    PurchaseFields,
    PurchaseMove,
    PurchasePage,
    PurchaseView,
    SupplierChange,
    SupplierFields,
    SupplierPage,
    SupplierView,
)
from cloud.inventory.purchase_states import PurchaseState

Mark = Annotated[int | None, Query(ge=1, lt=2**63)]
Limit = Annotated[int, Query(ge=1, le=200)]
_SUPPLIERS_VIEW: SignedIn = allowed(permits.SUPPLIERS_VIEW)
_SUPPLIERS_CHANGE: SignedIn = allowed(permits.SUPPLIERS_CHANGE)
_VIEW: SignedIn = allowed(permits.PURCHASES_VIEW)
_CHANGE: SignedIn = allowed(permits.PURCHASES_CHANGE)
_RECEIVE: SignedIn = allowed(permits.PURCHASES_RECEIVE)


def routes() -> APIRouter:
    """Return the routes of purchasing."""
    router = APIRouter(prefix="/api/v1/staff", tags=["purchasing"])
    router.include_router(_supplier_routes())
    router.include_router(_order_routes())
    return router


def _supplier_routes() -> APIRouter:
    router = APIRouter(prefix="/suppliers")

    @router.get("")
    async def list_suppliers(
        session: Session, after: Mark = None, limit: Limit = 50, _staff: SignedIn = _SUPPLIERS_VIEW
    ) -> SupplierPage:
        """Return suppliers in the order that they were written down."""
        return await suppliers.list_suppliers(session, after=after, limit=limit)

    @router.post("", status_code=201)
    async def make_supplier(
        session: Session, wish: SupplierFields, staff: SignedIn = _SUPPLIERS_CHANGE
    ) -> SupplierView:
        """Write a supplier down."""
        return await suppliers.make_supplier(session, staff, wish)

    @router.get("/{supplier_id}")
    async def get_supplier(
        session: Session, supplier_id: RowId, _staff: SignedIn = _SUPPLIERS_VIEW
    ) -> SupplierView:
        """Return a supplier."""
        return await suppliers.get_supplier(session, supplier_id)

    @router.put("/{supplier_id}")
    async def put_supplier(
        session: Session,
        supplier_id: RowId,
        change: SupplierChange,
        staff: SignedIn = _SUPPLIERS_CHANGE,
    ) -> SupplierView:
        """Change a supplier."""
        return await suppliers.change_supplier(session, staff, supplier_id, change)

    return router


def _order_routes() -> APIRouter:
    router = APIRouter(prefix="/purchase-orders")

    @router.get("")
    async def list_purchases(
        session: Session,
        state: PurchaseState | None = None,
        supplier_id: Mark = None,
        before: Mark = None,
        limit: Limit = 50,
        _staff: SignedIn = _VIEW,
    ) -> PurchasePage:
        """Return purchase orders, newest first."""
        return await purchase_reading.list_orders(
            session, state=state, supplier_id=supplier_id, before=before, limit=limit
        )

    @router.post("", status_code=201)
    async def make_purchase(
        session: Session, clock: RequestClock, wish: PurchaseFields, staff: SignedIn = _CHANGE
    ) -> PurchaseView:
        """Write a draft of an order."""
        order_id = await purchasing.make_order(session, staff, wish, clock.now())
        return await purchase_reading.get_order(session, order_id)

    @router.get("/{purchase_id}")
    async def get_purchase(
        session: Session, purchase_id: RowId, _staff: SignedIn = _VIEW
    ) -> PurchaseView:
        """Return an order with its lines, deliveries and history."""
        return await purchase_reading.get_order(session, purchase_id)

    @router.put("/{purchase_id}")
    async def put_purchase(
        session: Session, purchase_id: RowId, change: PurchaseChange, staff: SignedIn = _CHANGE
    ) -> PurchaseView:
        """Write a draft anew."""
        await purchasing.change_order(session, staff, purchase_id, change)
        return await purchase_reading.get_order(session, purchase_id)

    @router.post("/{purchase_id}/moves", status_code=201)
    async def move_purchase(
        session: Session,
        clock: RequestClock,
        purchase_id: RowId,
        move: PurchaseMove,
        staff: SignedIn = _CHANGE,
    ) -> PurchaseView:
        """Move an order on: to the supplier, confirmed, on its way, cancelled, closed."""
        await purchasing.move_order(session, staff, purchase_id, move, clock.now())
        return await purchase_reading.get_order(session, purchase_id)

    @router.post("/{purchase_id}/deliveries", status_code=201)
    async def take_delivery(
        session: Session,
        clock: RequestClock,
        purchase_id: RowId,
        delivery: Delivery,
        staff: SignedIn = _RECEIVE,
    ) -> PurchaseView:
        """Take in a delivery; the same one sent again counts once."""
        await receiving.take_delivery(session, staff, purchase_id, delivery, clock.now())
        return await purchase_reading.get_order(session, purchase_id)

    return router
