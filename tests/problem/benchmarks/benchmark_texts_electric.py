"""One small file of each format with batteries; the distances are those of `benchmark_texts`."""

from __future__ import annotations

SCHNEIDER = """StringID   Type       x          y          demand     ReadyTime  DueDate    ServiceTime
D0         d          0.0        0.0        0.0        0.0        100.0      0.0
S0         f          0.0        0.0        0.0        0.0        100.0      0.0
S5         f          6.0        8.0        0.0        0.0        100.0      0.0
C30        c          3.0        4.0        4.0        10.0       20.0       9.0

Q Vehicle fuel tank capacity /20.0/
C Vehicle load capacity /10.0/
r fuel consumption rate /1.5/
g inverse refueling rate /0.25/
v average Velocity /2.0/
"""

MIKKELSEN = """2
1
1
3
0
1000
20.5
1.5
0.25
10
0\t4\t7\t
0\t90\t80\t
0\t0
3\t4
1\t1
0\t0
"""

MONTOYA = """<?xml version="1.0" encoding="UTF-8"?>
<instance>
  <info><dataset>made up</dataset><name>tiny</name></info>
  <network>
    <nodes>
      <node id="0" type="0"><cx>0</cx><cy>0</cy></node>
      <node id="1" type="2"><cx>6</cx><cy>8</cy><custom><cs_type>fast</cs_type></custom></node>
      <node id="2" type="1"><cx>3</cx><cy>4</cy></node>
    </nodes>
    <euclidean/>
    <decimals>14</decimals>
  </network>
  <fleet>
    <vehicle_profile type="0">
      <departure_node>0</departure_node>
      <arrival_node>0</arrival_node>
      <max_travel_time>10</max_travel_time>
      <speed_factor>40</speed_factor>
      <custom>
        <consumption_rate>125</consumption_rate>
        <battery_capacity>16000</battery_capacity>
        <charging_functions>
          <function cs_type="fast">
            <breakpoint><battery_level>0</battery_level><charging_time>0</charging_time></breakpoint>
            <breakpoint><battery_level>13600</battery_level><charging_time>0.31</charging_time></breakpoint>
            <breakpoint><battery_level>16000</battery_level><charging_time>0.51</charging_time></breakpoint>
          </function>
        </charging_functions>
      </custom>
    </vehicle_profile>
  </fleet>
  <requests><request id="1" node="2"><service_time>0.5</service_time></request></requests>
</instance>
"""
