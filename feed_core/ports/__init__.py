"""What the services need of storage, as small protocols that speak about many keys at once.

Reads return only what exists. Writes are durable when the call returns and safe to repeat.
"""
