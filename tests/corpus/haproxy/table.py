ROWS=()
