"""The steps from nothing to the newest tables; run by `bot.store.migrate`."""
