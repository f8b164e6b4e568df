"""After approval: where and when a statement was published, what followed, and all channels beside each other.

publication, commands                     published, corrected, withdrawn
effect                                    how mentions and sentiment moved after it
statement_set, statement_set_commands     the newest statement of each channel, and whether they say the same facts
"""
