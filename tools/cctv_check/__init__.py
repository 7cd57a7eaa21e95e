"""Checks an installation of mod_cctv: what Apache's configuration names has to
be there, and to fit together.

  apache     asks Apache for its configuration, with all includes and defines
  account    does something as Apache's user, who has other rights than root
  database   the table, its columns, rights, PostGIS, triggers, connections
  janus      Janus, with tools/janus_check.py, and where it sends its events
  turn       a login at each TURN server
  files      state, catalogue, countries
  report     what is printed

Nothing is changed, and no secret is printed or given to another program.
"""
