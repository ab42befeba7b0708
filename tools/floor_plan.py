"""Prints the floor plan from the contracts (`make house`)."""

from divan.project.floor_plan import print_floor_plan

if __name__ == "__main__":
    print_floor_plan()
