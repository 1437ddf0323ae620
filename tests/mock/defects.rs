//! The defects: each is there, and everything around it is as sound as before.
