"""States -> Plan. Pure: no clock, no random, no database."""
