"""All bottles of a product at once over HTTP, for staff and their programs."""

from cloud.catalogue.editing import matrices
from cloud.catalogue.editing.matrix_shapes import AxesWish, Matrix, MatrixWish, Proposal
from cloud.foundation import permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.site.service import read_site


def matrix_routes() -> APIRouter:
    """Return the routes of the matrix."""
    path = "/api/v1/staff/products/{product_id}/matrix"
    router = APIRouter(prefix=path, tags=["catalogue, staff"])

    @router.get("")
    async def read(
        session: Session, product_id: RowId, _staff: SignedIn = allowed(permits.PRODUCTS_VIEW)
    ) -> Matrix:
        """Return a product's bottles by what they differ by; empty for no such product."""
        return await matrices.read_matrix(session, product_id)

    @router.post("/proposals")
    async def propose(
        session: Session,
        product_id: RowId,
        wish: AxesWish,
        _staff: SignedIn = allowed(permits.PRODUCTS_VIEW),
    ) -> list[Proposal]:
        """Return the bottles that are missing once it has these sizes and options too.

        Nothing is made; send those that you want with PUT.
        """
        return await matrices.propose(session, product_id, wish)

    @router.put("")
    async def save(
        session: Session,
        product_id: RowId,
        wish: MatrixWish,
        staff: SignedIn = allowed(permits.PRODUCTS_CHANGE),
    ) -> Matrix:
        """Change and make bottles, all or none; 412 when somebody else changed one of them."""
        currency = (await read_site(session)).currency
        await matrices.save(session, staff, product_id, wish, currency)
        return await matrices.read_matrix(session, product_id)

    return router
