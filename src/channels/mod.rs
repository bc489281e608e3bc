//! What is heard: channel files, transports, the map from a vendor's document to a draft item.
