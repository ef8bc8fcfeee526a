//! Working days: State Council holidays and make-up workdays as dated data (民法典 201-203).
