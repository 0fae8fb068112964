"""ng-route labelling, compiled: pricing, arc fixing and route enumeration without recharging."""
