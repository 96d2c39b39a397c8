"""One step that staff take by a form about one thing: do it and go on, or show the thing again."""

from collections.abc import Awaitable, Callable

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.words import N_

Step = Callable[[AsyncSession], Awaitable[object]]
ShowAgain = Callable[[CloudError], Awaitable[Response]]


class OrderFormUnreadable(Invalid):
    """A field of a form about an order or a return is empty or too long."""

    code = "order_form_unreadable"

    def __init__(self, field: str) -> None:
        super().__init__(
            N_("A field is missing or too long."), hint=N_("Look at the marked field."), field=field
        )


async def take_step(office: BackOffice, step: Step, onward: str, show_again: ShowAgain) -> Response:
    """Do a step in a unit of work and go onward; show the thing again when it is refused.

    The step reads its form itself: what a model finds unreadable is told at its field.
    """
    try:
        async with office.database.unit_of_work() as session:
            await step(session)
    except CloudError as error:
        return await show_again(error)
    except ValidationError as error:
        return await show_again(OrderFormUnreadable(str(error.errors()[0]["loc"][-1])))
    return RedirectResponse(onward, 303)
