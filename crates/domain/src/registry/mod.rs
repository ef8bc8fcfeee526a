//! Registry (房产与业主档案): units, parties, tenures, contact points, flags.
