"""A row that PostgreSQL refuses to change, as a bad one that nobody thought of would be."""

from tests.fakes.market import Market


async def spoil(market: Market, table: str, row_id: int) -> None:
    """Let every change of a row fail from now on."""
    await market.run("""
        CREATE FUNCTION spoilt() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'a bad row'; END $$
    """)
    await market.run(
        f"CREATE TRIGGER spoilt BEFORE UPDATE ON {table} FOR EACH ROW"
        f" WHEN (OLD.id = {row_id}) EXECUTE FUNCTION spoilt()"
    )


async def mend(market: Market) -> None:
    """Let the row be changed again."""
    await market.run("DROP FUNCTION spoilt CASCADE")
