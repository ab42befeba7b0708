"""The pages of the secretariat (دبیرخانه): what arrived, what leaves, registers, and how the secretariat works."""
